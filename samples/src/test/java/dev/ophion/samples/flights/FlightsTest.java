package dev.ophion.samples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Python;
import dev.ophion.samples.common.Crew;
import dev.ophion.samples.common.FlightTable;
import dev.ophion.samples.common.Group;
import dev.ophion.samples.common.Printer;
import dev.ophion.samples.common.Resources;
import dev.ophion.samples.common.Sharing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class FlightsTest {

  private static final int FLIGHTS = 20_000;
  private static final int INTERPRETERS = 3;
  private static final int ROUNDS = 5;

  @Test
  void run_onAPartOfTheFlights_equalsPlainPythonAndCopiesNothing() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    byte[] csv = firstFlights();

    Outcome outcome;
    try (Python python = Python.start()) {
      PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
      outcome = new Flights(new Printer(out), csv, INTERPRETERS, ROUNDS).run(python);
    }

    FlightTable table = FlightTable.parse(csv);
    assertThat(outcome.one()).hasSize(table.groups()).isEqualTo(outcome.plain());
    assertThat(outcome.all()).isEqualTo(outcome.plain());
    assertThat(outcome.sharing()).isEqualTo(new Sharing(INTERPRETERS * table.sizeBytes(), 0));
    assertThat(outcome.isProved()).isTrue();
    assertThat(sum(outcome.all())).isEqualTo(FLIGHTS);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("20,000 flights")
        .contains("3 interpreters")
        .containsPattern("EV EWR-RIC +Jan +102 +27\\.2 .* 9\\.0 +86 +155 +1\\.0 %\n")
        .contains("bytes copied                                 0\n")
        .contains("█")
        .contains("All numbers are equal.");
  }

  @Test
  void distribution_ofOneGroup_isTheOneComputedByHand() throws Exception {
    String csv =
        """
        month,carrier,origin,dest,dep_delay
        2,XX,JFK,SFO,-10
        2,XX,JFK,SFO,NA
        2,XX,JFK,SFO,30
        2,XX,JFK,SFO,10
        2,YY,JFK,SFO,NA
        """;
    FlightTable table = FlightTable.parse(csv.getBytes(StandardCharsets.US_ASCII));
    Map<Group, Distribution> distributions;
    try (Python python = Python.start();
        Crew crew = Flights.crew(python, table, 1)) {
      distributions = Summary.byCrew(crew, table, 1, 500);
    }

    assertThat(distributions).hasSize(2);
    Distribution flown = Objects.requireNonNull(distributions.get(new Group("XX", "JFK-SFO", 2)));
    assertThat(flown)
        .isEqualTo(new Distribution(4, 0.25, 10, 10, 30, 30, flown.low(), flown.high()));
    assertThat(flown.low()).isBetween(-10.0, 0.0);
    assertThat(flown.high()).isBetween(20.0, 30.0);
    double none = Double.NaN;
    assertThat(distributions.get(new Group("YY", "JFK-SFO", 2)))
        .isEqualTo(new Distribution(1, 1, none, none, none, none, none, none));
  }

  private static byte[] firstFlights() throws IOException {
    return new String(Resources.flightsCsv(), StandardCharsets.US_ASCII)
        .lines()
        .limit(FLIGHTS + 1)
        .collect(Collectors.joining("\n"))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static int sum(Map<Group, Distribution> distributions) {
    return distributions.values().stream().mapToInt(Distribution::flights).sum();
  }
}

package dev.ophion.samples.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.samples.common.Crew;
import dev.ophion.samples.common.FlightTable;
import dev.ophion.samples.common.Printer;
import dev.ophion.samples.common.Resources;
import dev.ophion.samples.common.Sharing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first start of the runtime installs the packages, unless an earlier run did. */
@Timeout(480)
final class DelayModelsTest {

  private static final int IMAGES = 2;
  private static final int TREES = 3;

  private static Python python;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    python = Python.start(PythonOptions.builder().environment(Fitting.environment()).build());
  }

  @AfterAll
  static void close() {
    python.close();
  }

  @Test
  void run_onAllFlights_equalsASingleProcessAndCopiesNothing() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    byte[] csv = Resources.flightsCsv();
    Path png = folder.resolve("models.png");
    Printer printer = new Printer(new PrintStream(printed, true, StandardCharsets.UTF_8));

    Outcome outcome = new DelayModels(printer, csv, IMAGES, TREES, png).run(python);

    assertThat(outcome.one()).hasSize(16).isEqualTo(outcome.plain());
    assertThat(outcome.all()).isEqualTo(outcome.plain());
    assertThat(outcome.samePlots()).isTrue();
    long columns = FlightTable.parse(csv).sizeBytes();
    assertThat(outcome.columns()).isEqualTo(new Sharing(IMAGES * columns, 0));
    // A predicted and a true delay, each a double, of every flight that was held out.
    long heldOut = outcome.all().stream().mapToLong(Model::heldOut).sum();
    assertThat(outcome.predictions()).isEqualTo(new Sharing(heldOut * 2 * Double.BYTES, 0));
    assertThat(outcome.isProved()).isTrue();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("336,776 flights", "2 private images")
        .containsPattern("UA +38657 +19322 +20\\.7 ")
        .contains("bytes copied                                       0\n")
        .contains("All numbers are equal.");
    assertPlot(png);
  }

  private static void assertPlot(Path png) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(png));
    assertThat(content.getLong()).as("PNG's signature").isEqualTo(0x89504E470D0A1A0AL);
    assertThat(content.getInt(16)).as("width").isEqualTo(1200);
    assertThat(content.getInt(20)).as("height").isEqualTo(600);
  }

  @Test
  void prepare_ofAFewFlights_knowsOnlyWhatWasKnownBefore() throws Exception {
    String csv =
        """
        month,carrier,origin,dest,dep_delay
        1,XX,JFK,SFO,10
        1,YY,JFK,LAX,NA
        1,XX,JFK,LAX,30
        3,YY,LGA,BOS,7
        3,XX,JFK,SFO,-4
        """;
    FlightTable table = FlightTable.parse(csv.getBytes(StandardCharsets.US_ASCII));
    try (Crew crew = Fitting.crew(python, table, 1)) {
      Fitting.prepare(crew);

      Interpreter image = crew.interpreters().get(0);
      assertThat(image.eval("flights.delay.tolist()")).isEqualTo(List.of(10.0, 30.0, 7.0, -4.0));
      assertThat(image.eval("flights.held_out.tolist()"))
          .isEqualTo(List.of(false, false, true, true));
      // Month, origin, route, the last 5, 20 and 100 of the airport, the last 3 and 10 of the
      // carrier there, and the last one of the carrier on the route.
      assertThat(image.eval("flights.features.tolist()"))
          .isEqualTo(
              List.of(
                  List.of(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
                  List.of(1.0, 0.0, 1.0, 10.0, 10.0, 10.0, 10.0, 10.0, 0.0),
                  List.of(3.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
                  List.of(3.0, 0.0, 0.0, 20.0, 20.0, 20.0, 20.0, 20.0, 10.0)));
    }
  }
}

package dev.ophion.samples.flights;

import dev.ophion.InterpreterOptions;
import dev.ophion.Python;
import dev.ophion.samples.common.Crew;
import dev.ophion.samples.common.FlightTable;
import dev.ophion.samples.common.Group;
import dev.ophion.samples.common.Printer;
import dev.ophion.samples.common.Resources;
import dev.ophion.samples.common.Sharing;
import dev.ophion.samples.common.Timed;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Lets one and then several interpreters of this JVM compute delay statistics of 336,776 flights,
 * in plain Python over columns in Java's memory, and checks the numbers against an ordinary Python
 * process.
 *
 * <p>Arguments, both optional: the number of interpreters (0, the default, is one a processor) and
 * the bootstrap rounds a group. Ends with status 1 if a number differs or a byte was copied.
 */
public final class Flights {

  static final int DEFAULT_ROUNDS = 300;

  private final Printer printer;
  private final byte[] csv;
  private final int interpreters;
  private final int rounds;

  Flights(Printer printer, byte[] csv, int interpreters, int rounds) {
    this.printer = printer;
    this.csv = csv;
    this.interpreters = interpreters;
    this.rounds = rounds;
  }

  /**
   * Runs the sample.
   *
   * @param arguments the number of interpreters and of bootstrap rounds
   * @throws IOException if the data cannot be read or the plain Python run fails
   * @throws InterruptedException if the main thread is interrupted
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int wanted = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : DEFAULT_ROUNDS;
    int interpreters = wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    Outcome outcome;
    try (Python python = Python.start()) {
      outcome =
          new Flights(Printer.terminal(), Resources.flightsCsv(), interpreters, rounds).run(python);
    }
    if (!outcome.isProved()) {
      System.exit(1);
    }
  }

  Outcome run(Python python) throws IOException, InterruptedException {
    Report report = new Report(printer);
    Timed<FlightTable> table = Timed.of(() -> FlightTable.parse(csv));
    header(python, table);
    try (Crew crew = crew(python, table.value(), interpreters)) {
      Sharing sharing = Sharing.prove(table.value(), crew.interpreters());
      Timed<Map<Group, Distribution>> one =
          Timed.of(() -> Summary.byCrew(crew, table.value(), 1, rounds));
      Timed<Map<Group, Distribution>> all =
          Timed.of(() -> Summary.byCrew(crew, table.value(), interpreters, rounds));
      report.worstGroups(all.value());
      report.charts(all.value());
      memory(table.value(), sharing);
      Timed<Map<Group, Distribution>> plain =
          Timed.of(() -> Summary.byPlainPython(python.executable(), csv, rounds));
      times(one, all, plain);
      Outcome outcome = new Outcome(one.value(), all.value(), plain.value(), sharing);
      check(outcome);
      return outcome;
    }
  }

  static Crew crew(Python python, FlightTable table, int size) throws IOException {
    List<InterpreterOptions> members =
        IntStream.rangeClosed(1, size)
            .mapToObj(number -> InterpreterOptions.builder().name("flights-" + number).build())
            .toList();
    return new Crew(python, table, members, Summary.source());
  }

  private void header(Python python, Timed<FlightTable> table) {
    printer.line(
        "%n%,d flights from New York City in 2013, %,d groups by carrier, route and month,"
            + " %d bootstrap rounds a group",
        table.value().flights(), table.value().groups(), rounds);
    printer.line(
        "CPython %s, %s in this JVM", python.version(), Printer.interpreters(interpreters).strip());
    printer.line(
        "Java parsed the flights once, in %.2f s, into %d columns in direct memory",
        table.seconds(), table.value().columns().size());
  }

  private void memory(FlightTable table, Sharing sharing) {
    printer.line("%nMemory%n");
    printer.line("  columns in Java                   %,12d bytes", table.sizeBytes());
    printer.line(
        "  seen in place by %s  %,12d bytes",
        Printer.interpreters(interpreters), sharing.sharedBytes());
    printer.line("  bytes copied                      %,12d", sharing.copiedBytes());
    printer.line(
        "  Shown by writing in Java what each interpreter then read through each of its views,"
            + " and%n  by the views' addresses, which are the same in every interpreter. What"
            + " crossed as values:%n  %d carrier and route names to each interpreter, %,d numbers"
            + " back in a run.",
        table.carriers().size() + table.routes().size(), table.groups() * Distribution.VALUES);
  }

  private void times(Timed<?> one, Timed<?> all, Timed<?> plain) {
    double factor = one.seconds() / all.seconds();
    printer.line("%nTime                          wall   processor time of this JVM%n");
    printer.line(
        "   1 interpreter            %6.2f s   %6.2f s", one.seconds(), one.processorSeconds());
    printer.line(
        "  %s           %6.2f s   %6.2f s   %.2f times as fast",
        Printer.interpreters(interpreters), all.seconds(), all.processorSeconds(), factor);
    printer.line(
        "  plain Python, a process   %6.2f s              parsing included", plain.seconds());
  }

  private void check(Outcome outcome) {
    int groups = outcome.plain().size();
    printer.line("%nEqual to the plain run, to the last bit%n");
    printer.line(
        "   1 interpreter    %,6d of %,d groups",
        Report.equalGroups(outcome.plain(), outcome.one()), groups);
    printer.line(
        "  %s   %,6d of %,d groups",
        Printer.interpreters(interpreters),
        Report.equalGroups(outcome.plain(), outcome.all()),
        groups);
    printer.line("%n%s", outcome.isProved() ? "All numbers are equal." : "NOT PROVED: see above.");
  }
}

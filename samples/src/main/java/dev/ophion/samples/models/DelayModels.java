package dev.ophion.samples.models;

import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.samples.common.Crew;
import dev.ophion.samples.common.FlightTable;
import dev.ophion.samples.common.Printer;
import dev.ophion.samples.common.Resources;
import dev.ophion.samples.common.Sharing;
import dev.ophion.samples.common.Timed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Lets one and then several private images of this JVM fit a model of each carrier's departure
 * delays with NumPy, pandas and scikit-learn, over columns in Java's memory, plots the predictions,
 * and checks everything against an ordinary Python process.
 *
 * <p>Arguments, all optional: the number of images (0, the default, is one a processor), the trees
 * of a model and the plot's file. Ends with status 1 if a number differs or a byte was copied.
 */
public final class DelayModels {

  static final int DEFAULT_TREES = 60;
  private static final String DEFAULT_PLOT = "delay-models.png";

  private final Printer printer;
  private final byte[] csv;
  private final int images;
  private final int trees;
  private final Path png;

  DelayModels(Printer printer, byte[] csv, int images, int trees, Path png) {
    this.printer = printer;
    this.csv = csv;
    this.images = images;
    this.trees = trees;
    this.png = png.toAbsolutePath();
  }

  /**
   * Runs the sample.
   *
   * @param arguments the number of images and of trees, and the plot's file
   * @throws IOException if the data cannot be read, the plot not written or the plain run fails
   * @throws InterruptedException if the main thread is interrupted
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int wanted = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    int trees = arguments.length > 1 ? Integer.parseInt(arguments[1]) : DEFAULT_TREES;
    Path png = Path.of(arguments.length > 2 ? arguments[2] : DEFAULT_PLOT);
    int images = wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    PythonOptions options = PythonOptions.builder().environment(Fitting.environment()).build();
    Outcome outcome;
    try (Python python = Python.start(options)) {
      outcome =
          new DelayModels(Printer.terminal(), Resources.flightsCsv(), images, trees, png)
              .run(python);
    }
    if (!outcome.isProved()) {
      System.exit(1);
    }
  }

  Outcome run(Python python) throws IOException, InterruptedException {
    Timed<FlightTable> table = Timed.of(() -> FlightTable.parse(csv));
    printer.line("%n%,d flights from New York City in 2013", table.value().flights());
    printer.line(
        "CPython %s, %d private images in this JVM, each with NumPy, pandas and scikit-learn",
        python.version(), images);
    Timed<Crew> crew = Timed.of(() -> Fitting.crew(python, table.value(), images));
    try (Crew open = crew.value()) {
      Sharing columns = Sharing.prove(table.value(), open.interpreters());
      Timed<Crew> prepared = Timed.of(() -> Fitting.prepare(open));
      printer.line(
          "Parsed by Java in %.2f s; images started in %.2f s; features made by all in %.2f s",
          table.seconds(), crew.seconds(), prepared.seconds());
      return run(python, open, table.value(), columns);
    }
  }

  private Outcome run(Python python, Crew crew, FlightTable table, Sharing columns)
      throws IOException, InterruptedException {
    Timed<List<Fit>> one = Timed.of(() -> Fitting.byCrew(crew, table, 1, trees));
    Timed<List<Fit>> all = Timed.of(() -> Fitting.byCrew(crew, table, images, trees));
    Path plainPng = Files.createTempFile("plain", ".png");
    try {
      Sharing predictions = Plot.draw(crew.interpreters().get(0), png, all.value());
      Timed<List<Model>> plain =
          Timed.of(() -> Fitting.byPlainPython(python.executable(), csv, trees, plainPng));
      boolean samePlots = Files.mismatch(png, plainPng) < 0;
      Outcome outcome =
          new Outcome(models(one), models(all), plain.value(), samePlots, columns, predictions);
      table(outcome.all());
      memory(table, outcome);
      times(one, all, plain);
      check(outcome);
      return outcome;
    } finally {
      Files.delete(plainPng);
      one.value().forEach(Fit::close);
      all.value().forEach(Fit::close);
    }
  }

  private static List<Model> models(Timed<List<Fit>> fits) {
    return fits.value().stream().map(Fit::model).toList();
  }

  private void table(List<Model> models) {
    printer.line(
        "%nMean absolute error in minutes, on the flights of every third month, held out:%n");
    printer.line("  carrier  learned  held out  the mean  the model  variance explained");
    models.forEach(
        model ->
            printer.line(
                "  %-7s %8d %9d %9.1f %10.1f %18.1f %%",
                model.carrier(),
                model.learned(),
                model.heldOut(),
                model.meanError(),
                model.error(),
                100 * model.explained()));
    printer.line("%nPlotted by one of the images: %s", png);
  }

  private void memory(FlightTable table, Outcome outcome) {
    printer.line("%nMemory%n");
    printer.line("  columns in Java                         %,12d bytes", table.sizeBytes());
    printer.line(
        "  seen in place by %2d images              %,12d bytes",
        images, outcome.columns().sharedBytes());
    printer.line(
        "  predictions seen in place by the plot   %,12d bytes",
        outcome.predictions().sharedBytes());
    printer.line(
        "  bytes copied                            %,12d",
        outcome.columns().copiedBytes() + outcome.predictions().copiedBytes());
    printer.line(
        "  Shown by writing in Java what NumPy of each image then read, and by the addresses of"
            + " the%n  predictions, which lie in the image that made them.");
  }

  private void times(Timed<?> one, Timed<?> all, Timed<?> plain) {
    printer.line("%nTime of all models            wall   processor time of this JVM%n");
    printer.line(
        "   1 image                  %6.2f s   %6.2f s", one.seconds(), one.processorSeconds());
    printer.line(
        "  %2d images                 %6.2f s   %6.2f s   %.2f times as fast",
        images, all.seconds(), all.processorSeconds(), one.seconds() / all.seconds());
    printer.line(
        "  plain Python, a process   %6.2f s              imports, parsing and plot included",
        plain.seconds());
  }

  private void check(Outcome outcome) {
    int models = outcome.plain().size();
    printer.line("%nEqual to the plain run, each prediction to the last bit%n");
    printer.line("   1 image    %2d of %d models", outcome.equalToPlain(outcome.one()), models);
    printer.line(
        "  %2d images   %2d of %d models", images, outcome.equalToPlain(outcome.all()), models);
    printer.line("  the plot    %s", outcome.samePlots() ? "the same file" : "another file");
    printer.line("%n%s", outcome.isProved() ? "All numbers are equal." : "NOT PROVED: see above.");
  }
}

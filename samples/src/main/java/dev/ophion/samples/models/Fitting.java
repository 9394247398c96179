package dev.ophion.samples.models;

import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import dev.ophion.samples.common.Column;
import dev.ophion.samples.common.Crew;
import dev.ophion.samples.common.FlightTable;
import dev.ophion.samples.common.PlainPython;
import dev.ophion.samples.common.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Fits a model of each carrier's delays, by a crew of images and by an ordinary Python process. */
final class Fitting {

  private Fitting() {}

  /**
   * Returns the packages that the sample uses.
   *
   * @return an environment with fixed versions, so that every run gives the same numbers
   */
  static PythonEnvironment environment() {
    return PythonEnvironment.requirements(
        "numpy==2.5.5", "pandas==3.1.1", "scikit-learn==1.9.1", "matplotlib==3.11.2");
  }

  /**
   * Starts images that hold the flights.
   *
   * @param python the runtime, with {@link #environment()}
   * @param table the flights
   * @param size how many images
   * @return a crew; the caller closes it
   * @throws IOException if the Python sources cannot be read
   */
  static Crew crew(Python python, FlightTable table, int size) throws IOException {
    List<InterpreterOptions> members =
        IntStream.rangeClosed(1, size)
            .mapToObj(
                number ->
                    InterpreterOptions.builder()
                        .name("models-" + number)
                        .isolation(Isolation.IMAGE)
                        .build())
            .toList();
    return new Crew(
        python, table, members, Resources.source(Fitting.class, "delays.py", "worker.py"));
  }

  /**
   * Lets each image of the crew make the features, all at the same time.
   *
   * @param crew the images
   * @return the crew
   */
  static Crew prepare(Crew crew) {
    crew.all(interpreter -> interpreter.async().exec("prepare_flights()"));
    return crew;
  }

  /**
   * Lets the crew fit the models.
   *
   * @param crew images that have prepared the flights
   * @param table the flights
   * @param workers how many of the images take part
   * @param trees the size of each model
   * @return a fit of each carrier, those with most flights first; the caller closes them
   */
  static List<Fit> byCrew(Crew crew, FlightTable table, int workers, int trees) {
    List<Integer> carriers = mostFlightsFirst(table);
    return crew.share(
        workers,
        carriers.size(),
        (interpreter, share) ->
            interpreter
                .async()
                .call("fit_carrier", List.class, carriers.get(share), trees)
                .thenApply(
                    parts ->
                        Fit.of(
                            table.carriers().get(carriers.get(share)),
                            Objects.requireNonNull(parts))));
  }

  /** The largest shares first, so that nobody is left with one when the others have ended. */
  private static List<Integer> mostFlightsFirst(FlightTable table) {
    int[] flights = new int[table.carriers().size()];
    Column carrier = table.column("carrier");
    for (int flight = 0; flight < table.flights(); flight++) {
      flights[carrier.get(flight)]++;
    }
    return IntStream.range(0, flights.length)
        .boxed()
        .sorted(Comparator.comparingInt(code -> -flights[code]))
        .toList();
  }

  /**
   * Lets an ordinary process do it on one thread, which reads and codes the CSV text by itself.
   *
   * @param executable the environment's {@code python}
   * @param csv the flights
   * @param trees the size of each model
   * @param png where its own plot goes
   * @return the models, in the same order
   * @throws IOException if the process cannot be started or fails
   * @throws InterruptedException if the waiting thread is interrupted
   */
  static List<Model> byPlainPython(Path executable, byte[] csv, int trees, Path png)
      throws IOException, InterruptedException {
    String source = Resources.source(Fitting.class, "delays.py", "plot.py", "plain.py");
    return PlainPython.run(executable, source, csv, Integer.toString(trees), png.toString())
        .stream()
        .map(Model::parse)
        .toList();
  }
}

package dev.ophion.samples.numpy;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import dev.ophion.PythonOptions;
import dev.ophion.SharedMemory;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;

/** NumPy in two private images at the same time, over one array of Java's. */
public final class TwoImages {

  private static final int ROWS = 2;
  private static final int COLUMNS = 1_000_000;

  private TwoImages() {}

  /**
   * Runs the sample.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    run(System.out);
  }

  @SuppressWarnings("NullAway") // a reader knows that the futures hold no null
  static void run(PrintStream out) {
    // example
    PythonOptions options =
        PythonOptions.builder()
            .environment(PythonEnvironment.requirements("numpy==2.5.5")) // by pip, once
            .isolation(Isolation.IMAGE) // a libpython and a NumPy of its own for each interpreter
            .build();
    String source =
        """
        import numpy as np
        def fill(waves, row):  # waves: a numpy.ndarray over Java's memory
            waves[row] = np.sin(np.linspace(row, row + 1, waves.shape[1])) ** 2
            return float(waves[row].mean())
        """;
    try (Python python = Python.start(options);
        SharedMemory waves = SharedMemory.allocate(DType.FLOAT64, ROWS, COLUMNS);
        Interpreter left = python.newInterpreter("left");
        Interpreter right = python.newInterpreter("right")) {
      left.exec(source);
      right.exec(source);
      CompletableFuture<Double> first = left.async().call("fill", Double.class, waves, 0);
      CompletableFuture<Double> second = right.async().call("fill", Double.class, waves, 1);
      out.printf("%.4f and %.4f, on two cores at once%n", first.join(), second.join());
      out.printf("%.4f is what Java reads%n", waves.getDouble(1, COLUMNS - 1));
    }
    // end of example
  }
}

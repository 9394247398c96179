package dev.ophion.samples.handover;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.SharedMemory;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;

/** Two interpreters fill one array, and one of them gets it for good. */
public final class Handover {

  private static final int ROWS = 2;
  private static final int COLUMNS = 1_000;

  private Handover() {}

  /**
   * Runs the sample.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    run(System.out);
  }

  static void run(PrintStream out) {
    // example
    try (Python python = Python.start();
        Interpreter even = python.newInterpreter("even");
        Interpreter odd = python.newInterpreter("odd");
        SharedMemory squares = SharedMemory.allocate(DType.FLOAT64, ROWS, COLUMNS)) {
      String fill = "for i in range(1000): squares[%d, i] = (2 * i + %<d) ** 2";
      even.set("squares", squares);
      odd.set("squares", squares); // the same memory, writable on all three sides
      CompletableFuture.allOf(
              even.async().exec(fill.formatted(0)), odd.async().exec(fill.formatted(1)))
          .join();
      double[] all = squares.toArray(double[].class);
      out.println("%.0f and %.0f".formatted(all[3], all[COLUMNS + 3]));

      even.exec("del squares");
      odd.exec("del squares"); // nobody else has it any more, so it can be passed on for good
      even.move("squares", squares);
      even.exec("squares[0, 3] = 6");
      try (NdArray back = even.take("squares")) { // even cannot write to it any more
        out.println("%.0f is back".formatted(back.toArray(double[].class)[3]));
      }
    }
    // end of example
  }
}

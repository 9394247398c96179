package dev.ophion.samples.quickstart;

import dev.ophion.Interpreter;
import dev.ophion.Payload;
import dev.ophion.Python;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Map;

/** The README's example: numbers from Java to Python, and from one interpreter to another. */
public final class Quickstart {

  private static final int READINGS = 1_000_000;

  private Quickstart() {}

  /**
   * Runs the sample.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    run(System.out);
  }

  static void run(PrintStream out) {
    DoubleBuffer readings =
        ByteBuffer.allocateDirect(READINGS * Double.BYTES)
            .order(ByteOrder.nativeOrder())
            .asDoubleBuffer();
    for (int index = 0; index < READINGS; index++) {
      readings.put(index, index % 100);
    }
    // example
    try (Python python = Python.start();
        Interpreter worker = python.newInterpreter("worker")) {
      worker.exec(
          """
          from array import array
          from statistics import fmean
          def summary(xs): return {"n": len(xs), "mean": fmean(xs)}
          model = array("d", [0.25, 0.5, 0.75])
          """);
      Map<?, ?> summary = worker.call("summary", Map.class, readings); // a memoryview, not a copy
      out.println(summary);

      try (Payload model = worker.dump("model"); // pickle 5, buffers out of band
          Interpreter other = python.newInterpreter("other")) {
        ByteBuffer weights = model.buffers().get(0).asByteBuffer(); // the same memory, in Java
        other.load("model", model); // the same memory, in another interpreter
        out.println(weights.getDouble(0) + " of " + other.eval("sum(model)"));
      }
    }
    // end of example
  }
}

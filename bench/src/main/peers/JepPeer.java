import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import jep.DirectNDArray;
import jep.Interpreter;
import jep.NDArray;
import jep.SharedInterpreter;

/** Jep on the same work. Prints one JSON object: the minimum of each in nanoseconds. */
final class JepPeer {

  private interface Work {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    try (Interpreter python = new SharedInterpreter()) {
      python.exec(
          "import numpy\n"
              + "def increment(n): return n + 1\n"
              + "def length(x): return len(x)\n"
              + "def last(x): return float(x[-1])\n"
              + "data = numpy.arange(128.0)\n"
              + "def get(): return data\n");
      double call = least(100, 1000, () -> python.invoke("increment", 5L));
      double array = least(100, 1000, () -> ((NDArray<?>) python.invoke("get")).getData());
      double small = heap(python, 1_000_000, 300);
      double large = heap(python, 100_000_000, 10);
      System.out.printf(
          Locale.ROOT,
          "{\"int_ns\": %.0f, \"to_java_ns\": %.0f, \"heap_1000000_ns\": %.0f,"
              + " \"heap_100000000_ns\": %.0f, \"direct_1000000_ns\": %.0f,"
              + " \"direct_100000000_ns\": %.0f}%n",
          call,
          array,
          small,
          large,
          direct(python, 1_000_000),
          direct(python, 100_000_000));
    }
  }

  private static double heap(Interpreter python, int bytes, int samples) throws Exception {
    double[] numbers = new double[bytes / 8];
    return least(samples, 1, () -> python.invoke("length", new NDArray<>(numbers)));
  }

  private static double direct(Interpreter python, int bytes) throws Exception {
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    return least(
        100,
        100,
        () -> python.invoke("last", new DirectNDArray<>(memory.asDoubleBuffer(), bytes / 8)));
  }

  private static double least(int samples, int calls, Work work) throws Exception {
    double least = Double.MAX_VALUE;
    for (int i = 0; i < samples; i++) {
      long began = System.nanoTime();
      for (int j = 0; j < calls; j++) {
        work.run();
      }
      least = Math.min(least, (System.nanoTime() - began) / (double) calls);
    }
    return least;
  }
}

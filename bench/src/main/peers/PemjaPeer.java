import java.util.Locale;
import pemja.core.PythonInterpreter;
import pemja.core.PythonInterpreterConfig;

/** Pemja on the same work. Prints one JSON object: the minimum of each in nanoseconds. */
final class PemjaPeer {

  private static final int SAMPLES = 100;
  private static final int CALLS = 1000;

  public static void main(String[] arguments) {
    PythonInterpreterConfig config =
        PythonInterpreterConfig.newBuilder().setPythonExec(arguments[0]).build();
    try (PythonInterpreter python = new PythonInterpreter(config)) {
      python.exec("def increment(n): return n + 1");
      double least = Double.MAX_VALUE;
      for (int i = 0; i < SAMPLES; i++) {
        long began = System.nanoTime();
        for (int j = 0; j < CALLS; j++) {
          python.invoke("increment", 5L);
        }
        least = Math.min(least, (System.nanoTime() - began) / (double) CALLS);
      }
      System.out.printf(Locale.ROOT, "{\"int_ns\": %.0f}%n", least);
    }
  }
}

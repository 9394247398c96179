package dev.ophion.bench;

import dev.ophion.Python;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What only a fresh JVM can measure: the memory of an interpreter, and the time to the first result
 * of Python. Prints one JSON object with a number each, as the Python baselines do.
 */
public final class Probe {

  private static final int WARM_UP = 4;
  private static final int OPEN = 16;
  private static final String RESIDENT = "VmRSS:";

  private Probe() {}

  /** Runs the probe named by the only argument: {@code memory} or {@code first-result}. */
  public static void main(String[] arguments) throws IOException {
    System.out.println(
        switch (arguments[0]) {
          case "memory" -> "{\"memory_kib\": %d}".formatted(memoryKib());
          case "first-result" -> firstResult();
          default -> throw new IllegalArgumentException(arguments[0]);
        });
  }

  /** Resident memory of one more interpreter, the first ones left out as warm-up. */
  static long memoryKib() throws IOException {
    try (Python python = Python.start()) {
      open(python, WARM_UP, "warm-up");
      long before = residentKib();
      open(python, OPEN, "open");
      return (residentKib() - before) / OPEN;
    }
  }

  /** From the start of the runtime, and of the JVM, to the first result. */
  private static String firstResult() {
    long began = System.nanoTime();
    try (Python python = Python.start()) {
      Object result = python.newInterpreter("first").eval("6 * 7");
      double runtimeMs = (System.nanoTime() - began) / 1e6;
      long jvmMs = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
      if (!Long.valueOf(42).equals(result)) {
        throw new IllegalStateException("6 * 7 is " + result);
      }
      return "{\"runtime_ms\": %.1f, \"jvm_ms\": %d}".formatted(runtimeMs, jvmMs);
    }
  }

  /** Opens interpreters that the runtime closes. */
  private static void open(Python python, int count, String name) {
    for (int i = 0; i < count; i++) {
      python.newInterpreter(name + "-" + i).exec("x = 1");
    }
  }

  static long residentKib() throws IOException {
    // Garbage of the start is not the interpreters'; what the heap keeps is part of each.
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(RESIDENT)) {
        String[] words = line.split("\\s+", -1);
        return Long.parseLong(words[1]);
      }
    }
    throw new IllegalStateException("no " + RESIDENT + " in /proc/self/status");
  }
}

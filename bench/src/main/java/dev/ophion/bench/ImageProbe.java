package dev.ophion.bench;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What only a fresh JVM can measure of private images: their memory, their first start, and starts
 * with NumPy, which stays mapped. Prints one JSON object with a number each.
 */
public final class ImageProbe {

  private static final int WARM_UP = 2;
  private static final int OPEN = 8;

  /** Below the cache directory: the relocated copies that images load. */
  private static final String COPIES = "copies";

  private static final String NUMPY = "import numpy";

  /** Imports every extension module of the standard library that is not for its own tests. */
  private static final String STANDARD_LIBRARY =
      """
      import importlib.util, os, sys
      folder = next(path for path in sys.path if path.endswith("lib-dynload"))
      names = {entry.partition(".")[0] for entry in os.listdir(folder) if ".cpython-" in entry}
      names -= {"_curses", "_curses_panel", "readline"}  # refused
      for name in sorted(names):
          if "test" not in name and not name.startswith("xx"):
              importlib.import_module(name)
      """;

  private ImageProbe() {}

  /**
   * Runs a probe: {@code memory} of bare images, {@code memory-numpy}, {@code start-numpy}, {@code
   * cold} with a cache folder whose copies it removes, {@code parallel} with a number of rounds, or
   * {@code executable}, which prints a path.
   */
  public static void main(String[] arguments) throws IOException {
    System.out.println(
        switch (arguments[0]) {
          case "memory" -> memory(PythonOptions.defaults(), "x = 1");
          case "memory-numpy" -> memory(Packages.numpy(), NUMPY);
          case "start-numpy" -> "{\"start_ms\": %.2f}".formatted(startMs());
          case "cold" -> cold(Path.of(arguments[1]));
          case "parallel" -> "{\"ratio\": %.3f}".formatted(ratio(Integer.parseInt(arguments[1])));
          case "executable" -> executable();
          default -> throw new IllegalArgumentException(arguments[0]);
        });
  }

  private static String executable() {
    try (Python python = Python.start(Packages.numpy())) {
      return python.executable().toString();
    }
  }

  /** Resident and proportional memory of one more image that has run the source. */
  private static String memory(PythonOptions options, String source) throws IOException {
    try (Python python = Python.start(options)) {
      open(python, WARM_UP, "warm-up", source);
      long[] before = memoryKib();
      open(python, OPEN, "open", source);
      long[] after = memoryKib();
      return "{\"rss_kib\": %d, \"pss_kib\": %d}"
          .formatted((after[0] - before[0]) / OPEN, (after[1] - before[1]) / OPEN);
    }
  }

  /** As the baselines read it: each mapping's pages, and what is left when sharers divide them. */
  private static long[] memoryKib() throws IOException {
    System.gc();
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps_rollup"));
    return new long[] {field(lines, "Rss:"), field(lines, "Pss:")};
  }

  private static long field(List<String> lines, String name) {
    for (String line : lines) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.split("\\s+", -1)[1]);
      }
    }
    throw new IllegalStateException("no " + name + " in /proc/self/smaps_rollup");
  }

  /** From the decision to start an image until it has imported NumPy; the median. */
  private static double startMs() {
    try (Python python = Python.start(Packages.numpy())) {
      open(python, WARM_UP, "warm-up", NUMPY);
      double[] times = new double[OPEN];
      for (int i = 0; i < OPEN; i++) {
        long began = System.nanoTime();
        python.newInterpreter(Packages.image("open-" + i)).exec(NUMPY);
        times[i] = (System.nanoTime() - began) / 1e6;
      }
      return median(times);
    }
  }

  /** The throughput of two images in relation to one, in turns, so that both see the same load. */
  private static double ratio(int rounds) {
    try (Python python = Python.start(Packages.numpy())) {
      List<Interpreter> two = new ArrayList<>();
      for (String name : List.of("first", "second")) {
        Interpreter image = python.newInterpreter(Packages.image(name));
        image.exec(Packages.tasks());
        two.add(image);
      }
      List<Interpreter> one = two.subList(0, 1);
      workMs(two);
      double[] alone = new double[rounds];
      double[] together = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        alone[i] = workMs(one);
        together[i] = workMs(two);
      }
      return 2 * median(alone) / median(together);
    }
  }

  /** Lets each image do one long task, all at the same time. */
  private static double workMs(List<Interpreter> images) {
    long began = System.nanoTime();
    CompletableFuture<?>[] tasks =
        images.stream()
            .map(image -> image.async().exec("work(STEPS)"))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(tasks).join();
    return (System.nanoTime() - began) / 1e6;
  }

  private static double median(double[] times) {
    return Arrays.stream(times).sorted().toArray()[times.length / 2];
  }

  private static void open(Python python, int count, String name, String source) {
    for (int i = 0; i < count; i++) {
      python.newInterpreter(Packages.image(name + "-" + i)).exec(source);
    }
  }

  /** Start and import of the standard library's modules without copies, and again with them. */
  private static String cold(Path cache) throws IOException {
    Path copies = cache.resolve(COPIES);
    for (Path copy : files(copies)) {
      Files.delete(copy);
    }
    PythonOptions options = PythonOptions.builder().cacheDirectory(cache).build();
    try (Python python = Python.start(options)) {
      int before = libraries(copies);
      double cold = standardLibraryMs(python);
      int made = libraries(copies) - before;
      double warm = standardLibraryMs(python);
      if (libraries(copies) != before + made) {
        throw new IllegalStateException("The second image made copies of its own.");
      }
      return "{\"cold_ms\": %.2f, \"warm_ms\": %.2f, \"file_ms\": %.3f, \"files\": %d}"
          .formatted(cold, warm, (cold - warm) / made, made);
    }
  }

  private static double standardLibraryMs(Python python) {
    long began = System.nanoTime();
    try (Interpreter image = python.newInterpreter(Packages.image("standard"))) {
      image.exec(STANDARD_LIBRARY);
      double ms = (System.nanoTime() - began) / 1e6;
      // The next one is to take the same slot, so this one has to be gone.
      image.close(Duration.ofMinutes(1));
      return ms;
    }
  }

  private static int libraries(Path folder) throws IOException {
    return (int) files(folder).stream().filter(file -> file.toString().endsWith(".so")).count();
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      List<Path> files = new ArrayList<>();
      entries.forEach(files::add);
      return files;
    }
  }
}

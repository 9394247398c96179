package dev.ophion.samples.flights;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The same statistics by an ordinary Python process on one thread, which reads and groups the CSV
 * text by itself.
 */
final class PlainPython {

  private PlainPython() {}

  /**
   * Runs it.
   *
   * @param executable the embedded distribution's {@code bin/python3.14}
   * @param csv the flights
   * @param rounds bootstrap rounds a group
   * @return the distributions by group
   * @throws IOException if the process cannot be started or fails
   * @throws InterruptedException if the waiting thread is interrupted
   */
  static Map<Group, Distribution> summarise(Path executable, byte[] csv, int rounds)
      throws IOException, InterruptedException {
    String source = Resources.source("distribution.py") + Resources.source("plain.py");
    Process process =
        new ProcessBuilder(executable.toString(), "-I", "-c", source, Integer.toString(rounds))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      CompletableFuture<Void> fed = CompletableFuture.runAsync(() -> feed(process, csv));
      Map<Group, Distribution> distributions = new HashMap<>();
      try (BufferedReader output = process.inputReader()) {
        output.lines().forEach(line -> read(line, distributions));
      }
      // The status first: a process that fails also breaks the pipe that feeds it.
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            "%s ended with status %d; its error is above.".formatted(executable, status));
      }
      fed.join();
      return distributions;
    } finally {
      process.destroy();
    }
  }

  private static void feed(Process process, byte[] csv) {
    try (OutputStream input = process.getOutputStream()) {
      input.write(csv);
    } catch (IOException failure) {
      throw new UncheckedIOException("The plain Python run did not take the flights.", failure);
    }
  }

  private static void read(String line, Map<Group, Distribution> distributions) {
    String[] words = line.split(" ");
    // Python's repr of a float is the shortest text that reads back as the same double.
    List<Double> values = Arrays.stream(words).skip(3).map(PlainPython::parseFloat).toList();
    distributions.put(
        new Group(words[0], words[1], Integer.parseInt(words[2])), Distribution.of(values));
  }

  private static double parseFloat(String text) {
    return text.equals("nan") ? Double.NaN : Double.parseDouble(text);
  }
}

package dev.ophion.samples.common;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An ordinary Python process that reads the flights by itself and does a sample's work alone. */
public final class PlainPython {

  private PlainPython() {}

  /**
   * Runs it.
   *
   * @param executable {@code bin/python3.14} of the embedded distribution or of an environment
   * @param source what it runs
   * @param csv the flights, its standard input
   * @param arguments its arguments
   * @return the lines that it prints
   * @throws IOException if the process cannot be started or fails
   * @throws InterruptedException if the waiting thread is interrupted
   */
  public static List<String> run(Path executable, String source, byte[] csv, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(executable.toString(), "-I", "-c", source));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      CompletableFuture<Void> fed = CompletableFuture.runAsync(() -> feed(process, csv));
      List<String> lines;
      try (BufferedReader output = process.inputReader()) {
        lines = output.lines().toList();
      }
      // The status first: a process that fails also breaks the pipe that feeds it.
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            "%s ended with status %d; its error is above.".formatted(executable, status));
      }
      fed.join();
      return lines;
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
}

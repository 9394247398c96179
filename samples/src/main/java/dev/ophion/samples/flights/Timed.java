package dev.ophion.samples.flights;

import java.io.IOException;

/**
 * A result and how long it took.
 *
 * @param value the result
 * @param seconds wall time
 * @param <T> the result's class
 */
record Timed<T>(T value, double seconds) {

  /**
   * A task that may fail as the sample's tasks do.
   *
   * @param <T> the result's class
   */
  @FunctionalInterface
  interface Task<T> {

    T run() throws IOException, InterruptedException;
  }

  static <T> Timed<T> of(Task<T> task) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    T value = task.run();
    return new Timed<>(value, (System.nanoTime() - begun) / 1e9);
  }
}

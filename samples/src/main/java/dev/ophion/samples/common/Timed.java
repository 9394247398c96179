package dev.ophion.samples.common;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * A result and what it took.
 *
 * @param value the result
 * @param seconds wall time
 * @param processorSeconds processor time of this JVM; divided by the wall time, how many processors
 *     it was given
 * @param <T> the result's class
 */
public record Timed<T>(T value, double seconds, double processorSeconds) {

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /**
   * A task that may fail as the sample's tasks do.
   *
   * @param <T> the result's class
   */
  @FunctionalInterface
  public interface Task<T> {

    T run() throws IOException, InterruptedException;
  }

  public static <T> Timed<T> of(Task<T> task) throws IOException, InterruptedException {
    long processorBegun = SYSTEM.getProcessCpuTime();
    long begun = System.nanoTime();
    T value = task.run();
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new Timed<>(value, seconds, (SYSTEM.getProcessCpuTime() - processorBegun) / 1e9);
  }
}

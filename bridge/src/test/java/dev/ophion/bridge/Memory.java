package dev.ophion.bridge;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What memory this process has, and what there is for it. */
public final class Memory {

  /**
   * Counted page by page. In /proc/self/status most releases of Linux leave out what threads or
   * cores have not told yet: megabytes where there are many.
   */
  private static final Path COUNTED = Path.of("/proc/self/smaps_rollup");

  private Memory() {}

  /** Returns what is in memory. */
  public static long residentKib() throws IOException {
    return kib(COUNTED, "Rss:");
  }

  /** Returns what is in memory and of no file. */
  public static long anonymousKib() throws IOException {
    return kib(COUNTED, "Anonymous:");
  }

  /** Returns what is mapped. */
  public static long virtualKib() throws IOException {
    return kib(Path.of("/proc/self/status"), "VmSize:");
  }

  /** Returns what this process may still take, within what its container may have in all. */
  public static long availableKib() throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long container = system.getTotalMemorySize() / 1024;
    return Math.min(container, kib(Path.of("/proc/meminfo"), "MemAvailable:"));
  }

  private static long kib(Path file, String field) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow(() -> new IOException("no " + field + " in " + file));
  }
}

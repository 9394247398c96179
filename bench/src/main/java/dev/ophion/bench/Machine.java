package dev.ophion.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a number depends on besides the code. */
final class Machine {

  private static final Path CPU = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Returns the load average of the last minute. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  static Map<String, Object> describe(Lab lab, Path folder) throws IOException {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("commit", commit(lab, folder));
    facts.put("mode", lab.isFull() ? "full" : "quick");
    facts.put("cpu", cpu());
    facts.put("cores", (long) Runtime.getRuntime().availableProcessors());
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put(
        "jdk",
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    facts.put("cpython", lab.pythonVersion());
    facts.put("load", load());
    return facts;
  }

  private static String cpu() throws IOException {
    if (!Files.exists(CPU)) {
      return System.getProperty("os.arch");
    }
    return Files.readAllLines(CPU).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  private static String commit(Lab lab, Path folder) {
    try {
      Path log = folder.resolve("git.log");
      String head = lab.output(List.of("git", "rev-parse", "HEAD"), log).trim();
      String changes = lab.output(List.of("git", "status", "--porcelain"), log);
      return changes.isBlank() ? head : head + " with changes";
    } catch (IOException noRepository) {
      return "unknown";
    }
  }
}

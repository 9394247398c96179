package dev.ophion.bridge.report;

import dev.ophion.Isolation;
import dev.ophion.StartException;
import dev.ophion.bridge.cache.FileTrees;
import dev.ophion.bridge.report.ProbeResult.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tries imports in child processes of one Python.
 *
 * <p>Threading: confined to its thread; an interrupt ends the child. Closing removes its files.
 */
final class ImportProbe implements AutoCloseable {

  private static final String PROGRAM = "probe.py";
  private static final int SIGNALLED = 128;
  private static final String FATAL = "Fatal Python error:";

  private final Path executable;
  private final Duration deadline;
  private final Path work;

  /**
   * Makes a probe.
   *
   * @param executable the environment's Python
   * @param deadline how long one import may take
   */
  ImportProbe(Path executable, Duration deadline) throws IOException {
    this.executable = executable;
    this.deadline = deadline;
    work = Files.createTempDirectory("ophion-report-");
    try (InputStream in = ImportProbe.class.getResourceAsStream(PROGRAM)) {
      if (in == null) {
        throw new IOException("The resource " + PROGRAM + " beside " + getClass() + " is missing");
      }
      Files.copy(in, work.resolve(PROGRAM));
    }
  }

  /**
   * Imports modules in a new process.
   *
   * @throws StartException if the thread is interrupted
   */
  ProbeResult run(Isolation isolation, ProbeTask wanted) throws IOException {
    Path task = work.resolve("task");
    Path result = work.resolve("result");
    Path output = work.resolve("output");
    Files.write(task, wanted.lines());
    Files.deleteIfExists(result);
    ProcessBuilder builder =
        new ProcessBuilder(
            executable.toString(),
            "-I",
            "-X",
            "utf8",
            work.resolve(PROGRAM).toString(),
            isolation.name(),
            task.toString(),
            result.toString());
    builder.redirectErrorStream(true).redirectOutput(output.toFile()).directory(work.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PYTHON"));
    builder.environment().keySet().removeAll(List.of("LD_LIBRARY_PATH", "LD_PRELOAD"));
    Process process = builder.start();
    process.getOutputStream().close();
    return interpret(result, end(process, output));
  }

  /** Waits for the end; returns what went wrong, empty if nothing. */
  private String end(Process process, Path output) throws IOException {
    try {
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        kill(process);
        return "importing it took longer than " + deadline.toSeconds() + " s";
      }
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      throw new StartException("Interrupted while packages were tried", e);
    }
    int status = process.exitValue();
    if (status == 0) {
      return "";
    }
    String how = status > SIGNALLED ? "signal " + (status - SIGNALLED) : "status " + status;
    String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    String last =
        text.lines()
            .filter(line -> line.startsWith(FATAL))
            .findFirst()
            .or(() -> text.lines().filter(line -> !line.isBlank()).reduce((a, b) -> b))
            .orElse("no output");
    return "importing it ends the process with %s (%s)".formatted(how, last.strip());
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static ProbeResult interpret(Path result, String crash) throws IOException {
    Set<Refused> refused = new LinkedHashSet<>();
    Set<String> loaded = new LinkedHashSet<>();
    boolean imported = false;
    boolean survived = false;
    String failure = crash;
    String last = "";
    for (String line : Files.exists(result) ? Files.readAllLines(result) : List.<String>of()) {
      String[] fields = line.split("\t", -1);
      switch (fields[0]) {
        case "refused" -> refused.add(new Refused(fields[1], fields[2]));
        case "failed" -> failure = fields[1];
        case "imported" -> imported = true;
        case "survived" -> survived = true;
        case "trying" -> last = fields[1];
        case "loaded" -> loaded.add(fields[1]);
        default -> throw new IOException("The probe wrote '" + line + "'");
      }
    }
    return new ProbeResult(imported, failure, List.copyOf(refused), survived, loaded, last);
  }

  @Override
  public void close() {
    FileTrees.delete(work);
  }
}

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
import java.util.ArrayList;
import java.util.List;
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
   * @param libraries the package's own, of which those are named that would be refused
   * @throws StartException if the thread is interrupted
   */
  ProbeResult run(Isolation isolation, List<String> modules, List<Path> libraries)
      throws IOException {
    Path task = work.resolve("task");
    Path result = work.resolve("result");
    Path output = work.resolve("output");
    List<String> lines = new ArrayList<>();
    modules.forEach(module -> lines.add("module\t" + module));
    libraries.forEach(library -> lines.add("file\t" + library));
    Files.write(task, lines);
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
    List<Refused> refused = new ArrayList<>();
    List<Refused> unsupported = new ArrayList<>();
    boolean imported = false;
    String failure = crash;
    List<String> lines = Files.exists(result) ? Files.readAllLines(result) : List.of();
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      switch (fields[0]) {
        case "refused" -> refused.add(new Refused(fields[1], fields[3]));
        case "unsupported" -> unsupported.add(new Refused(fields[1], fields[2]));
        case "failed" -> failure = fields[2];
        case "imported" -> imported = crash.isEmpty();
        default -> throw new IOException("The probe wrote '" + line + "'");
      }
    }
    // A module that two places try to import is refused twice.
    return new ProbeResult(
        imported, failure, refused.stream().distinct().toList(), List.copyOf(unsupported));
  }

  @Override
  public void close() {
    FileTrees.delete(work);
  }
}

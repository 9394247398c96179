package dev.ophion.bridge.report;

import dev.ophion.Isolation;
import dev.ophion.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tries imports in child processes of one Python, one process for each. Its subinterpreters follow
 * Ophion's rules; for an image stands a plain import.
 */
final class ImportProbe implements Trial {

  private final Path executable;
  private final Duration deadline;
  private final String caveat;
  private final TrialFiles files;

  /**
   * Makes a probe.
   *
   * @param executable the environment's Python
   * @param deadline how long one import may take
   * @param caveat why no real interpreters are used
   */
  ImportProbe(Path executable, Duration deadline, String caveat) throws IOException {
    this.executable = executable;
    this.deadline = deadline;
    this.caveat = caveat;
    files = TrialFiles.make();
  }

  @Override
  public ProbeResult run(Isolation isolation, ProbeTask wanted) throws IOException {
    files.begin(wanted);
    Path output = files.folder().resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(
            executable.toString(),
            "-I",
            "-X",
            "utf8",
            files.program().toString(),
            isolation.name(),
            files.task().toString(),
            files.result().toString());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.directory(files.folder().toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PYTHON"));
    builder.environment().keySet().removeAll(List.of("LD_LIBRARY_PATH", "LD_PRELOAD"));
    Process process = builder.start();
    process.getOutputStream().close();
    return files.read(end(process, output));
  }

  /** Waits for the end; returns what went wrong, empty if nothing. */
  private String end(Process process, Path output) throws IOException {
    try {
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        kill(process);
        return Ending.late(deadline);
      }
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      throw new StartException("Interrupted while packages were tried", e);
    }
    int status = process.exitValue();
    String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    return status == 0 ? "" : Ending.of(status, text.lines().toList());
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  @Override
  public String caveat() {
    return caveat;
  }

  @Override
  public void close() {
    files.close();
  }
}

package dev.ophion.bridge.environment;

import dev.ophion.StartException;
import dev.ophion.bridge.distribution.Distribution;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One run of {@code install.py}, which makes the environment and starts pip. It ends when the pipe
 * to it does: closed by the interrupted thread, or by the kernel at the end of this process.
 *
 * <p>Threading: confined to its thread, which {@link #run} blocks and an interrupt frees.
 */
final class InstallProcess {

  private static final String PROGRAM = "install.py";
  private static final long END_SECONDS = 10;

  /** They would send packages elsewhere, or nowhere. */
  private static final List<String> REMOVED =
      List.of("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_DRY_RUN");

  private final Distribution distribution;
  private final String description;
  private final Path work;

  /**
   * Makes a run.
   *
   * @param description what is installed
   * @param work a folder for temporary files, which the caller removes
   */
  InstallProcess(Distribution distribution, String description, Path work) {
    this.distribution = distribution;
    this.description = description;
    this.work = work;
  }

  /**
   * Runs to the end.
   *
   * @throws StartException if pip fails, with the end of its output, or the thread is interrupted
   */
  void run(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(distribution.executable().toString());
    command.addAll(List.of("-I", "-X", "utf8", "-c", program()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    adapt(builder.environment());
    Process process = builder.start();
    PipOutput output = PipOutput.follow(process.getInputStream());
    int status = await(process);
    output.awaitEnd();
    if (status != 0) {
      throw new StartException(
          "%s could not be installed (status %d). The end of pip's output:\n%s\nCheck names and versions, and that pip reaches its index: its configuration and PIP_* variables are obeyed, and withPipArguments(\"--index-url\", ...) names another one (errors.md#installing-packages)."
              .formatted(description, status, output.lastLines()));
    }
  }

  private static String program() throws IOException {
    try (InputStream in = InstallProcess.class.getResourceAsStream(PROGRAM)) {
      if (in == null) {
        throw new IOException(
            "The resource %s beside %s is missing: check that packing the application kept it"
                .formatted(PROGRAM, InstallProcess.class.getName()));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void adapt(Map<String, String> environment) {
    // LD_LIBRARY_PATH goes before RUNPATH and may name another libpython3.14. PYTHON* would reach
    // the processes that build packages.
    environment
        .keySet()
        .removeIf(
            name ->
                name.startsWith("PYTHON")
                    || name.equals("LD_LIBRARY_PATH")
                    || name.equals("LD_PRELOAD")
                    || REMOVED.contains(name));
    environment.put("PIP_USER", "0");
    environment.put("TMPDIR", work.toString());
  }

  private int await(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      end(process);
      Thread.currentThread().interrupt();
      throw new StartException(
          "Interrupted while %s was installed; nothing of it was kept.".formatted(description), e);
    }
  }

  private static void end(Process process) throws IOException {
    process.getOutputStream().close();
    try {
      if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException again) {
      // The caller restores the interrupt; a second one means that it cannot wait.
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}

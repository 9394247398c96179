package dev.ophion.bridge.distribution;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Compiles with the unpacked interpreter itself. Stateless. */
final class StdlibCompiler implements BytecodeCompiler {

  // Hash-based and unchecked: such a file stays valid whatever happens to the times of the sources
  // (copies of the cache, image builds), and nobody edits the sources. PEP 552.
  // The final path goes into the code objects, else tracebacks name the temporary folder and every
  // import corrects each code object. Test suites, demonstrations and pip are seldom imported;
  // CPython compiles them when they are. One process does it all in under two seconds; a pool of
  // two takes as long, because its start eats the gain.
  private static final String PROGRAM =
      """
      import compileall, os, re, sys
      unpacked, final_home, stdlib = sys.argv[1:]
      folder = os.path.join(unpacked, stdlib)
      skipped = re.compile(
          re.escape(folder) + r"/(.*/)?(test|tests|idlelib|turtledemo|site-packages)/")
      from py_compile import PycInvalidationMode
      ok = compileall.compile_dir(
          folder, maxlevels=20, quiet=1, rx=skipped, stripdir=unpacked, prependdir=final_home,
          invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
      sys.exit(0 if ok else 1)
      """;

  private final Duration deadline;

  StdlibCompiler(Duration deadline) {
    this.deadline = deadline;
  }

  @Override
  public void compile(Path unpacked, Path finalHome) throws IOException {
    // -B: what the compiler itself imports must not leave .pyc files with the temporary path.
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                unpacked.resolve(Layout.EXECUTABLE).toString(),
                "-I",
                "-B",
                "-c",
                PROGRAM,
                unpacked.toString(),
                finalHome.toString(),
                Layout.STDLIB));
    builder.directory(unpacked.toFile());
    builder.redirectErrorStream(true);
    dropLoaderVariables(builder.environment());
    Process process = start(builder);
    process.getOutputStream().close();
    try (ProcessOutput output = ProcessOutput.of(process)) {
      int status = await(process, output);
      if (status != 0) {
        throw new IOException(
            "Compiling the standard library gave status "
                + status
                + "; its output: "
                + output.end());
      }
    }
  }

  private static void dropLoaderVariables(Map<String, String> environment) {
    // LD_LIBRARY_PATH goes before RUNPATH and may name another libpython3.14.
    environment.remove("LD_LIBRARY_PATH");
    environment.remove("LD_PRELOAD");
  }

  private static Process start(ProcessBuilder builder) throws IOException {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new IOException(
          "Cannot run "
              + builder.command().get(0)
              + ": the folder must not be mounted noexec, and the system needs glibc",
          e);
    }
  }

  private int await(Process process, ProcessOutput output) throws IOException {
    try {
      if (process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while the standard library was compiled", e);
    }
    process.destroyForcibly();
    throw new IOException(
        "Compiling the standard library took longer than "
            + deadline.toSeconds()
            + " s and was stopped; its output: "
            + output.end());
  }
}

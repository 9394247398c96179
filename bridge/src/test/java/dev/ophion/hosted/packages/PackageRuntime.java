package dev.ophion.hosted.packages;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import dev.ophion.PythonOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The runtime with the packages of {@code requirements.txt}, and a plain process beside it. The
 * packages are installed once, into the cache of the tests' runtimes.
 */
public final class PackageRuntime {

  /** Holds the Python code that the tests run, and what it needs. */
  private static final Path CODE = folder();

  /** Python ends two hundred compiled modules one by one. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(1);

  private PackageRuntime() {}

  /** Starts the runtime, or returns it. */
  public static Python start() {
    return Python.start(
        PythonOptions.builder()
            .environment(
                PythonEnvironment.requirementsFile(CODE.resolve("requirements.txt"))
                    .withPipArguments("--only-binary", ":all:"))
            .closeTimeout(CLOSE_TIMEOUT)
            .build());
  }

  static Interpreter open(String name, Isolation isolation, String startCode) {
    return start()
        .newInterpreter(
            InterpreterOptions.builder()
                .name(name)
                .isolation(isolation)
                .addPythonPath(CODE)
                .startCode(startCode)
                .build());
  }

  /** Runs the environment's own Python in a process of its own; returns the lines it printed. */
  static List<String> plain(Path log, long seconds, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(start().executable().toString(), "-E"));
    command.addAll(List.of(arguments));
    Path output = log.resolveSibling(log.getFileName() + ".out");
    Process process =
        new ProcessBuilder(command)
            .directory(CODE.toFile())
            .redirectOutput(output.toFile())
            .redirectError(log.toFile())
            .start();
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " took longer than " + seconds + " s");
    }
    if (process.exitValue() != 0) {
      throw new AssertionError(command + " failed: " + Files.readString(log));
    }
    return Files.readAllLines(output);
  }

  private static Path folder() {
    URL file = PackageRuntime.class.getResource("requirements.txt");
    try {
      Path path = Path.of(Objects.requireNonNull(file, "requirements.txt").toURI());
      return path.getParent().toRealPath();
    } catch (URISyntaxException e) {
      throw new AssertionError("requirements.txt lies at " + file, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

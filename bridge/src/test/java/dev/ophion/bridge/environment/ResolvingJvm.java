package dev.ophion.bridge.environment;

import dev.ophion.PythonEnvironment;
import dev.ophion.bridge.distribution.Distribution;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A second JVM that installs a requirement, and its main method. */
final class ResolvingJvm implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  private ResolvingJvm(Process process) {
    this.process = process;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static ResolvingJvm start(Distribution distribution, Path cache, String requirement)
      throws IOException {
    return new ResolvingJvm(
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    ResolvingJvm.class.getName(),
                    distribution.home().toString(),
                    distribution.version(),
                    cache.toString(),
                    requirement))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Waits for the path that it has resolved to; null if it fails. */
  String result() throws IOException {
    return output.readLine();
  }

  /** Kills it, which gives it no chance to clean up, and waits for its end. */
  void kill() {
    process.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
  }

  public static void main(String[] arguments) {
    ResolvedEnvironment environment =
        EnvironmentResolver.resolve(
            PythonEnvironment.requirements(arguments[3]),
            new Distribution(Path.of(arguments[0]), arguments[1]),
            Path.of(arguments[2]));
    System.out.println(environment.prefix());
  }
}

package dev.ophion.bridge.environment;

import dev.ophion.PythonEnvironment;
import dev.ophion.bridge.ChildJvm;
import dev.ophion.bridge.distribution.Distribution;
import java.io.IOException;
import java.nio.file.Path;

/** A second JVM that installs a requirement, and its main method. */
final class ResolvingJvm {

  private ResolvingJvm() {}

  /** Starts it; its line is the path that it has resolved to. */
  static ChildJvm start(Distribution distribution, Path cache, String requirement)
      throws IOException {
    return ChildJvm.start(
        ResolvingJvm.class,
        distribution.home().toString(),
        distribution.version(),
        cache.toString(),
        requirement);
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

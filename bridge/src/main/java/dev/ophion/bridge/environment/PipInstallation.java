package dev.ophion.bridge.environment;

import dev.ophion.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Requirements that pip installs. */
record PipInstallation(PythonEnvironment.Installed environment) implements Filling {

  @Override
  public String description() {
    return environment.toString();
  }

  @Override
  public boolean offline() {
    return environment.offline();
  }

  @Override
  public List<String> pipArguments(Path work) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "install",
                "--no-input",
                "--no-color",
                "--progress-bar=off",
                "--disable-pip-version-check"));
    if (!environment.requirements().isEmpty()) {
      // A file and not arguments: a line may have options of its own, such as --hash.
      Path file = Files.write(work.resolve("requirements.txt"), environment.requirements());
      arguments.addAll(List.of("-r", file.toString()));
    }
    environment
        .requirementsFile()
        .ifPresent(file -> arguments.addAll(List.of("-r", file.toString())));
    arguments.addAll(environment.pipArguments());
    return arguments;
  }

  @Override
  public void finish(Path sitePackages) {}
}

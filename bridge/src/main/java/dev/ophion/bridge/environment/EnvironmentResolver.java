package dev.ophion.bridge.environment;

import dev.ophion.PythonEnvironment;
import dev.ophion.StartException;
import dev.ophion.bridge.distribution.Distribution;
import java.nio.file.Path;
import java.util.List;

/** Finds, checks or installs an environment. Stateless. */
public final class EnvironmentResolver {

  private EnvironmentResolver() {}

  /**
   * Returns the environment, installing it first if need be, which may take minutes. An environment
   * that was installed before is found in milliseconds, without the network and without writing.
   *
   * @param environment what the user asked for
   * @param distribution the Python that is to run it
   * @param environments the folder that the runtime keeps environments in
   * @throws StartException if an environment that is there does not fit or cannot be read, pip
   *     fails, the cache cannot be written or is open to other users, or the thread is interrupted,
   *     which ends pip
   */
  public static ResolvedEnvironment resolve(
      PythonEnvironment environment, Distribution distribution, Path environments) {
    if (environment instanceof PythonEnvironment.Existing existing) {
      return new ExistingEnvironment(existing.folder(), distribution).resolve(environments);
    }
    if (environment instanceof PythonEnvironment.Installed installed) {
      return new EnvironmentInstaller(distribution)
          .obtain(
              EnvironmentKey.of(installed, distribution.version()),
              installed.directory().orElse(environments),
              new PipInstallation(installed));
    }
    Path sitePackages = distribution.stdlib().resolve("site-packages");
    return new ResolvedEnvironment(
        distribution.executable(), distribution.home(), List.of(sitePackages));
  }
}

package dev.ophion.bridge.environment;

import dev.ophion.StartException;
import dev.ophion.bridge.distribution.Distribution;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A virtual environment or plain folder that the user names. Only files are looked at; no program
 * in it is run.
 *
 * <p>Threading: immutable.
 */
final class ExistingEnvironment {

  private static final Logger LOG = LoggerFactory.getLogger(ExistingEnvironment.class);

  private static final List<String> INTERPRETERS =
      List.of("bin/python3.14", "bin/python3", "bin/python");

  private final Path folder;
  private final Distribution distribution;
  private final String minor;

  ExistingEnvironment(Path folder, Distribution distribution) {
    this.folder = folder;
    this.distribution = distribution;
    // Such as 3.14 of 3.14.3.
    minor = distribution.version().substring(0, distribution.version().lastIndexOf('.'));
  }

  /**
   * Checks that it fits and returns it.
   *
   * @param environments where the environment that stands for a plain folder is kept
   * @throws StartException if it cannot be read or is for another Python or platform
   */
  ResolvedEnvironment resolve(Path environments) {
    try {
      if (!Files.isDirectory(folder)) {
        throw refusal(
            Files.exists(folder) ? "is no folder" : "does not exist",
            "the folder of a virtual environment or of packages",
            "Check the path");
      }
      Path real = folder.toRealPath();
      return Files.exists(real.resolve(PyvenvConfig.FILE)) ? venv() : plain(real, environments);
    } catch (IOException e) {
      throw new StartException(
          "The environment %s cannot be read: %s. Check its permissions.".formatted(folder, e), e);
    }
  }

  private ResolvedEnvironment venv() throws IOException {
    PyvenvConfig config = PyvenvConfig.read(folder.resolve(PyvenvConfig.FILE));
    requireVersion(config);
    if (config.seesOutside()) {
      LOG.warn(
          "The environment {} includes the system's packages (include-system-site-packages): child processes see them, interpreters do not",
          folder);
    }
    Path sitePackages = folder.resolve("lib/python" + minor + "/site-packages");
    if (!Files.isDirectory(sitePackages)) {
      throw refusal(
          "has the package folders [" + packageFolders() + "]",
          "lib/python" + minor + "/site-packages",
          "Make it again with python" + minor + " -m venv");
    }
    Path executable = requireInterpreter();
    requirePlatform(executable);
    requireFittingWheels(sitePackages);
    return new ResolvedEnvironment(executable, folder, List.of(sitePackages));
  }

  /** Stands for the folder: sys.executable must see its packages too. */
  private ResolvedEnvironment plain(Path real, Path environments) throws IOException {
    requireFittingWheels(real);
    ResolvedEnvironment linked =
        new EnvironmentInstaller(distribution)
            .obtain(
                EnvironmentKey.ofFolder(real, distribution.version()),
                environments,
                new FolderLink(real));
    List<Path> sitePaths = new ArrayList<>(linked.sitePaths());
    sitePaths.add(real);
    return new ResolvedEnvironment(linked.executable(), linked.prefix(), sitePaths);
  }

  private void requireVersion(PyvenvConfig config) {
    Optional<String> other = config.implementation().filter(name -> !name.equals("CPython"));
    if (other.isPresent()) {
      throw refusal("is one of " + other.get(), "CPython " + minor, remake());
    }
    Optional<String> version =
        config.version().filter(text -> !(text + ".").startsWith(minor + "."));
    if (version.isPresent()) {
      throw refusal("is one of Python " + version.get(), "Python " + minor, remake());
    }
  }

  private Path requireInterpreter() {
    for (String name : INTERPRETERS) {
      Path executable = folder.resolve(name);
      if (Files.isExecutable(executable)) {
        return executable;
      }
    }
    throw refusal(
        "has no interpreter that can be run (bin/python is missing or a broken link)",
        "bin/python3, which is to be sys.executable",
        remake() + ", or name its folder of packages (lib/python" + minor + "/site-packages)");
  }

  private void requirePlatform(Path executable) throws IOException {
    Optional<ProgramFile> found = ProgramFile.read(executable);
    Optional<ProgramFile> expected = ProgramFile.read(distribution.executable());
    if (found.isPresent() && expected.isPresent() && !found.equals(expected)) {
      throw refusal(
          "has an interpreter for another platform (" + found.get() + ")",
          expected.get().toString(),
          remake());
    }
  }

  private void requireFittingWheels(Path sitePackages) throws IOException {
    int number = Integer.parseInt(minor.substring(minor.indexOf('.') + 1));
    Optional<String> misfit = new WheelTags(number).misfit(sitePackages);
    if (misfit.isPresent()) {
      throw refusal(
          "holds a package for another Python or platform: " + misfit.get(),
          "packages for CPython " + minor + " on Linux x86-64 with glibc",
          "Install it again with python" + minor + " -m pip");
    }
  }

  private String packageFolders() throws IOException {
    if (!Files.isDirectory(folder.resolve("lib"))) {
      return "";
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder.resolve("lib"), "*py*")) {
      List<String> names = new ArrayList<>();
      found.forEach(path -> names.add("lib/" + path.getFileName()));
      return names.stream().sorted().collect(Collectors.joining(", "));
    }
  }

  private String remake() {
    return "Make it again with " + distribution.executable() + " -m venv, or use requirements(...)";
  }

  private StartException refusal(String found, String expected, String remedy) {
    return new StartException(
        "The environment %s %s; expected %s. %s.".formatted(folder, found, expected, remedy));
  }
}

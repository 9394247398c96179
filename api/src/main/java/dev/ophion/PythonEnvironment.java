package dev.ophion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where packages come from: the embedded distribution alone, an environment that is there already,
 * or requirements that pip installs. An interpreter sees its packages, and so does {@code
 * sys.executable}, which is the environment's {@code python}.
 *
 * <p>The environment of {@link PythonOptions} is that of every interpreter whose {@link
 * InterpreterOptions} do not name another one. It is looked at, and installed if need be, when the
 * runtime starts; an interpreter's own is when that is made.
 *
 * <p><b>Threading:</b> immutable. Two environments are equal if all their values are.
 */
public sealed interface PythonEnvironment {

  /**
   * The embedded distribution: the standard library and pip, no other packages. The default.
   *
   * @return the environment
   */
  static Embedded embedded() {
    return new Embedded();
  }

  /**
   * A virtual environment ({@code python3.14 -m venv}, virtualenv, uv), or a plain folder of
   * packages ({@code pip install --target}). It is used as it is and never written to.
   *
   * <p>It is checked that it is for the same CPython minor version and platform as the embedded
   * distribution, by {@code pyvenv.cfg}, the interpreter's file and the tags of the installed
   * wheels. The embedded libpython and standard library run its packages, whatever Python the
   * environment was made with.
   *
   * @param folder the folder that holds {@code pyvenv.cfg}, or the one that holds the packages;
   *     made absolute now
   * @return the environment
   */
  static Existing of(Path folder) {
    return new Existing(folder);
  }

  /**
   * What pip installs for these requirements, on first use, into a cached virtual environment.
   *
   * <p>The environment is found again by its requirements, in any order, pip's arguments, the
   * version of Python and the platform; nothing is looked up or downloaded then. So pin versions: a
   * requirement without one keeps the version that was the newest when it was installed.
   *
   * @param requirements lines of a requirements file (PEP 508), such as {@code numpy==2.5.5}; a
   *     wheel on disk is named by its path and noticed when it changes
   * @return the environment
   * @throws IllegalArgumentException if there are none, or one is blank, has a line break, ends in
   *     a backslash, or is an option, which belongs into {@link Installed#withPipArguments}
   */
  static Installed requirements(String... requirements) {
    return new Installed(
        Arrays.asList(requirements), Optional.empty(), List.of(), Optional.empty(), false);
  }

  /**
   * What pip installs for a requirements file, as {@link #requirements} does for single lines. The
   * file may have everything that pip understands in one. The environment is found again by the
   * content of the file and of those that it includes with {@code -r} and {@code -c}.
   *
   * @param file the file; made absolute now, read when the environment is needed
   * @return the environment
   */
  static Installed requirementsFile(Path file) {
    return new Installed(List.of(), Optional.of(file), List.of(), Optional.empty(), false);
  }

  /** The embedded distribution alone. */
  record Embedded() implements PythonEnvironment {}

  /**
   * A virtual environment or a folder of packages that is there already.
   *
   * @param folder an absolute path
   */
  record Existing(Path folder) implements PythonEnvironment {

    /** Makes the folder absolute. */
    public Existing {
      folder = folder.toAbsolutePath().normalize();
    }
  }

  /**
   * Packages that pip of the embedded distribution installs.
   *
   * <p>pip obeys its configuration files and {@code PIP_*} environment variables as always, for
   * example {@code PIP_INDEX_URL}, but for those that lead out of the environment ({@code
   * PIP_TARGET}, {@code PIP_USER} and the like). What they say is not part of what an environment
   * is found again by.
   *
   * @param requirements sorted and without repetitions
   * @param requirementsFile an absolute path
   * @param pipArguments further arguments of {@code pip install}, in their order
   * @param directory where environments are kept; empty for {@code environments} in the runtime's
   *     cache directory
   * @param offline whether only what was installed before is used
   */
  record Installed(
      List<String> requirements,
      Optional<Path> requirementsFile,
      List<String> pipArguments,
      Optional<Path> directory,
      boolean offline)
      implements PythonEnvironment {

    private static final Pattern CREDENTIALS = Pattern.compile("(?<=://)[^/@\\s]+@");

    /**
     * Checks and normalises the values.
     *
     * @throws IllegalArgumentException as {@link PythonEnvironment#requirements} does
     */
    public Installed {
      if (requirements.isEmpty() && requirementsFile.isEmpty()) {
        throw new IllegalArgumentException(
            "There are no requirements: name one, or use PythonEnvironment.embedded().");
      }
      requirements.forEach(Installed::requireRequirement);
      requirements = requirements.stream().map(String::strip).sorted().distinct().toList();
      requirementsFile = requirementsFile.map(file -> file.toAbsolutePath().normalize());
      pipArguments = List.copyOf(pipArguments);
      directory = directory.map(folder -> folder.toAbsolutePath().normalize());
    }

    private static void requireRequirement(String requirement) {
      if (requirement.isBlank()
          || requirement.lines().count() > 1
          || requirement.strip().endsWith("\\")) {
        throw new IllegalArgumentException(
            "The requirement '%s' is not one line of a requirements file: give one such as numpy==2.5.5, without a line break."
                .formatted(requirement));
      }
      if (requirement.strip().startsWith("-")) {
        throw new IllegalArgumentException(
            "The requirement '%s' is an option of pip: give it to withPipArguments(...)."
                .formatted(requirement));
      }
    }

    /** Names what differs from the defaults, without the user names and passwords in URLs. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("requirements");
      if (!requirements.isEmpty()) {
        text.append(' ').append(requirements);
      }
      requirementsFile.ifPresent(file -> text.append(" of the file ").append(file));
      if (!pipArguments.isEmpty()) {
        text.append(" with pip's arguments ").append(pipArguments);
      }
      directory.ifPresent(folder -> text.append(" in ").append(folder));
      return CREDENTIALS.matcher(text + (offline ? " offline" : "")).replaceAll("****@");
    }

    /**
     * Adds arguments of {@code pip install}, such as {@code "--index-url",
     * "https://pypi.example.org/simple"} or {@code "--only-binary", ":all:"}.
     *
     * @param arguments what pip's command line gets, one argument each; relative paths in them are
     *     relative to this process's working directory
     * @return a new environment, which is another one to the cache
     */
    public Installed withPipArguments(String... arguments) {
      List<String> all = new ArrayList<>(pipArguments);
      all.addAll(List.of(arguments));
      return new Installed(requirements, requirementsFile, all, directory, offline);
    }

    /**
     * Keeps the environment in this folder instead of the cache. Its name there follows from its
     * content, so that one folder serves any number of environments.
     *
     * @param folder a folder that only the user can write; created if missing
     * @return a new environment
     */
    public Installed withDirectory(Path folder) {
      Objects.requireNonNull(folder, "folder");
      return new Installed(
          requirements, requirementsFile, pipArguments, Optional.of(folder), offline);
    }

    /**
     * Says whether to start pip at all. An environment that is installed needs no network in any
     * case; with {@code true}, one that is not fails at once instead of being downloaded.
     *
     * @param value {@code true} to never install
     * @return a new environment
     */
    public Installed withOffline(boolean value) {
      return new Installed(requirements, requirementsFile, pipArguments, directory, value);
    }
  }
}

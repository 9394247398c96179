package dev.ophion.bridge.environment;

import dev.ophion.bridge.distribution.Distribution;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A virtual environment in the cache.
 *
 * <p>Threading: immutable; writing is for the holder of its lock.
 *
 * @param folder holds it, its lock and, while it is made, temporary files; nothing else
 */
record Venv(Path folder) {

  private static final String MARKER = ".ophion-complete";
  private static final String CONFIG = "pyvenv.cfg";
  private static final String TEMPORARY_SUFFIX = ".new";

  Path prefix() {
    return folder.resolve("venv");
  }

  Path executable() {
    return prefix().resolve("bin/python3.14");
  }

  Path sitePackages() {
    return prefix().resolve("lib/python3.14/site-packages");
  }

  /** Tells whether it was installed to the end, and is still at the place it was made for. */
  boolean isComplete(EnvironmentKey key) throws IOException {
    return place(key).filter(prefix()::equals).isPresent();
  }

  /** Returns the place that it was made for, if it was installed to the end. */
  Optional<Path> place(EnvironmentKey key) throws IOException {
    try {
      String marker = Files.readString(prefix().resolve(MARKER));
      String digest = key.digest() + "\n";
      return marker.startsWith(digest)
              && marker.endsWith("\n")
              && marker.length() > digest.length()
              && Files.isSymbolicLink(executable())
              && Files.isDirectory(sitePackages())
              && Files.size(prefix().resolve(CONFIG)) > 0
          ? Optional.of(Path.of(marker.substring(digest.length(), marker.length() - 1)))
          : Optional.empty();
    } catch (NoSuchFileException | MalformedInputException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  void complete(EnvironmentKey key) throws IOException {
    replace(prefix().resolve(MARKER), marker(key));
  }

  /** With the place, as scripts in it hold the absolute path of their interpreter. */
  private String marker(EnvironmentKey key) {
    return key.digest() + "\n" + prefix() + "\n";
  }

  /** Tells whether its interpreter is that of the distribution. */
  boolean isBasedOn(Distribution distribution) throws IOException {
    return Files.readSymbolicLink(executable()).equals(distribution.executable())
        && Files.readString(prefix().resolve(CONFIG)).equals(configFor(distribution));
  }

  /**
   * Makes it one of this distribution: another release of Ophion has unpacked the same Python at
   * another place. Processes that run with the earlier one go on.
   */
  void rebase(Distribution distribution) throws IOException {
    Path link = prefix().resolve("bin").resolve("python3.14" + TEMPORARY_SUFFIX);
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, distribution.executable());
    Files.move(link, executable(), StandardCopyOption.ATOMIC_MOVE);
    replace(prefix().resolve(CONFIG), configFor(distribution));
  }

  /**
   * Tells the scripts that the whole environment was moved; packages do not know where they are.
   *
   * @param place where it was before
   */
  void moveFrom(Path place) throws IOException {
    try (DirectoryStream<Path> scripts = Files.newDirectoryStream(prefix().resolve("bin"))) {
      for (Path script : scripts) {
        if (Files.isRegularFile(script, LinkOption.NOFOLLOW_LINKS)) {
          new Script(script).move(place, prefix());
        }
      }
    }
    // For its line on how it was made; the others follow the distribution.
    new Script(prefix().resolve(CONFIG)).move(place, prefix());
  }

  private String configFor(Distribution distribution) throws IOException {
    List<String> lines = Files.readAllLines(prefix().resolve(CONFIG));
    Path executable = distribution.executable();
    return lines.stream()
        .map(
            line ->
                switch (line.substring(0, Math.max(0, line.indexOf('='))).strip()) {
                  case "home" -> "home = " + executable.getParent();
                  case "executable" -> "executable = " + executable;
                  default -> line;
                })
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static void replace(Path file, String content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
    Files.writeString(temporary, content);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }
}

package dev.ophion.bridge.environment;

import dev.ophion.bridge.distribution.Distribution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
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

  /** Tells whether it was installed to the end, at this place. */
  boolean isComplete(EnvironmentKey key) throws IOException {
    try {
      byte[] expected = marker(key).getBytes(StandardCharsets.UTF_8);
      return Arrays.equals(Files.readAllBytes(prefix().resolve(MARKER)), expected)
          && Files.isSymbolicLink(executable())
          && Files.isDirectory(sitePackages())
          && Files.size(prefix().resolve(CONFIG)) > 0;
    } catch (NoSuchFileException e) {
      return false;
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

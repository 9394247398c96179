package dev.ophion.bridge.environment;

import dev.ophion.PythonEnvironment;
import dev.ophion.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What an environment is found again by: a hash of everything that decides its content. A hash and
 * not the text, because arguments may hold passwords.
 *
 * <p>Threading: immutable.
 *
 * @param folderName the name of its folder, which has the version and the start of the hash
 * @param digest the whole hash, to tell folders apart that have one name
 */
record EnvironmentKey(String folderName, String digest) {

  private static final String PLATFORM = "linux-x86_64";

  /** Raised by every change of how environments are made, so that it reaches existing ones. */
  private static final int REVISION = 1;

  private static final int NAME_DIGITS = 16;

  /**
   * Reads the requirements file too, and looks at the wheels that are named by their path.
   *
   * @throws StartException if the requirements file or one that it includes cannot be read
   */
  static EnvironmentKey of(PythonEnvironment.Installed environment, String version) {
    Hash hash = new Hash(version);
    environment.pipArguments().forEach(argument -> hash.add("argument", argument));
    for (String requirement : environment.requirements()) {
      hash.add("requirement", requirement);
      hash.add("local", RequirementLine.localContent(requirement));
    }
    environment
        .requirementsFile()
        .ifPresent(file -> RequirementsFile.read(file).forEach(text -> hash.add("file", text)));
    return hash.key("py");
  }

  /** For the environment that stands for a plain folder of packages. */
  static EnvironmentKey ofFolder(Path folder, String version) throws IOException {
    return new Hash(version).add("folder", folder.toRealPath().toString()).key("folder-py");
  }

  private static final class Hash {
    private final String version;
    private final MessageDigest digest;

    Hash(String version) {
      this.version = version;
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException impossible) {
        throw new AssertionError("every JDK has SHA-256", impossible);
      }
      add("revision", Integer.toString(REVISION));
      add("version", version);
      add("platform", PLATFORM);
    }

    Hash add(String kind, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      // With its length, so that no two sequences of texts are the same bytes.
      digest.update((kind + ' ' + bytes.length + ' ').getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
      return this;
    }

    EnvironmentKey key(String prefix) {
      String hex = HexFormat.of().formatHex(digest.digest());
      String name = String.join("-", prefix + version, PLATFORM, hex.substring(0, NAME_DIGITS));
      return new EnvironmentKey(name, hex);
    }
  }
}

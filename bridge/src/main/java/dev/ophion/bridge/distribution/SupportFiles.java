package dev.ophion.bridge.distribution;

import dev.ophion.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ophion's own Python files, which go into the standard library so that they can be imported before
 * {@code sys.path} is set up.
 *
 * <p>Threading: immutable.
 */
final class SupportFiles {

  static final String RESOURCE_ROOT = "dev/ophion/natives/python-support/";
  static final String INDEX = RESOURCE_ROOT + "INDEX";

  private final Map<String, byte[]> files;

  SupportFiles(Map<String, byte[]> files) {
    this.files = new TreeMap<>(files);
  }

  /**
   * Reads every file that the index names.
   *
   * @throws StartException if the index or a file that it names is missing
   */
  static SupportFiles read(ClassLoader loader) {
    String index = new String(content(loader, INDEX, "ophion-native"), StandardCharsets.UTF_8);
    Map<String, byte[]> files = new TreeMap<>();
    StringTokenizer lines = new StringTokenizer(index, "\r\n");
    while (lines.hasMoreTokens()) {
      String name = lines.nextToken().strip();
      files.put(name, content(loader, RESOURCE_ROOT.concat(name), INDEX));
    }
    return new SupportFiles(files);
  }

  private static byte[] content(ClassLoader loader, String name, String namedBy) {
    IOException failure = null;
    try (@Nullable InputStream in = loader.getResourceAsStream(name)) {
      if (in != null) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      failure = e;
    }
    throw new StartException(
        "Cannot read the resource "
            + name
            + ", which "
            + namedBy
            + " should bring. Check that ophion-native and ophion-bridge have the same version and"
            + " that packing the application kept all resources.",
        failure);
  }

  void identify(Fingerprint fingerprint) {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      fingerprint.addContent(file.getKey(), file.getValue());
    }
  }

  /** Writes the files below {@code stdlib}; a file that CPython has already is a failure. */
  void copyTo(Path stdlib) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path target = Layout.child(stdlib, file.getKey());
      Files.createDirectories(target.getParent());
      Files.write(target, file.getValue(), StandardOpenOption.CREATE_NEW);
    }
  }
}

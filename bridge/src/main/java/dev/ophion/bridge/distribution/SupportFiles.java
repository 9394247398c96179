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
  static final String DIGEST = RESOURCE_ROOT + "DIGEST";

  private final @Nullable String digest;
  private final @Nullable ClassLoader loader;
  private final Map<String, byte[]> files;

  private SupportFiles(
      @Nullable String digest, @Nullable ClassLoader loader, Map<String, byte[]> files) {
    this.digest = digest;
    this.loader = loader;
    this.files = files;
  }

  SupportFiles(Map<String, byte[]> files) {
    this(null, null, new TreeMap<>(files));
  }

  /**
   * Finds the files. Where the build has written down a digest of them, they are read when they are
   * wanted; else every file that the index names is read now.
   *
   * @throws StartException if the index or a file that it names is missing
   */
  static SupportFiles read(ClassLoader loader) {
    byte[] digest;
    try {
      digest = contentIfThere(loader, DIGEST);
    } catch (IOException e) {
      throw unreadable(DIGEST, "ophion-native", e);
    }
    return digest == null
        ? new SupportFiles(readAll(loader))
        : new SupportFiles(new String(digest, StandardCharsets.UTF_8).strip(), loader, Map.of());
  }

  private static Map<String, byte[]> readAll(ClassLoader loader) {
    String index = new String(content(loader, INDEX, "ophion-native"), StandardCharsets.UTF_8);
    Map<String, byte[]> files = new TreeMap<>();
    StringTokenizer lines = new StringTokenizer(index, "\r\n");
    while (lines.hasMoreTokens()) {
      String name = lines.nextToken().strip();
      files.put(name, content(loader, RESOURCE_ROOT.concat(name), INDEX));
    }
    return files;
  }

  private static byte[] content(ClassLoader loader, String name, String namedBy) {
    IOException failure = null;
    try {
      byte[] content = contentIfThere(loader, name);
      if (content != null) {
        return content;
      }
    } catch (IOException e) {
      failure = e;
    }
    throw unreadable(name, namedBy, failure);
  }

  private static byte @Nullable [] contentIfThere(ClassLoader loader, String name)
      throws IOException {
    try (@Nullable InputStream in = loader.getResourceAsStream(name)) {
      return in == null ? null : in.readAllBytes();
    }
  }

  private static StartException unreadable(
      String name, String namedBy, @Nullable IOException failure) {
    return new StartException(
        "Cannot read the resource "
            + name
            + ", which "
            + namedBy
            + " should bring. Check that ophion-native and ophion-bridge have the same version and"
            + " that packing the application kept all resources.",
        failure);
  }

  void identify(Fingerprint fingerprint) {
    if (digest != null) {
      fingerprint.add(digest);
    }
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      fingerprint.addContent(file.getKey(), file.getValue());
    }
  }

  /**
   * Writes the files below {@code stdlib}; a file that CPython has already is a failure.
   *
   * @throws StartException as {@link #read} does
   */
  void copyTo(Path stdlib) throws IOException {
    Map<String, byte[]> all = loader == null ? files : readAll(loader);
    for (Map.Entry<String, byte[]> file : all.entrySet()) {
      Path target = Layout.child(stdlib, file.getKey());
      Files.createDirectories(target.getParent());
      Files.write(target, file.getValue(), StandardOpenOption.CREATE_NEW);
    }
  }
}

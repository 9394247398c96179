package dev.ophion.bridge.distribution;

import dev.ophion.StartException;
import dev.ophion.bridge.log.LazyLogger;
import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.StringTokenizer;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Finds the distribution among the resources of a class loader, or else on the module path: the
 * module of its jar requires the JavaCPP Presets' classes, which Ophion does not use, so it is
 * never resolved, and resources of a module that is not resolved are nobody's. Stateless.
 */
final class ResourceLocator {

  private static final LazyLogger LOG = LazyLogger.of(ResourceLocator.class);

  private ResourceLocator() {}

  /**
   * Returns the source that the class loader sees.
   *
   * @throws StartException if there is none, it cannot be read, or it lies neither in a jar nor in
   *     a folder
   */
  static DistributionSource locate(ClassLoader loader) {
    String anchor = Layout.RESOURCE_ROOT + Layout.LIBPYTHON;
    URL url = loader.getResource(anchor);
    if (url == null) {
      url = onModulePath(anchor, System.getProperty("jdk.module.path"));
    }
    if (url == null) {
      throw new StartException(
          "The embedded CPython distribution is missing: no resource "
              + anchor
              + " on the class path or the module path. Add the dependency "
              + Layout.COORDINATES
              + " (classifier "
              + Layout.PLATFORM
              + "), see errors.md#distribution-missing.");
    }
    try {
      URLConnection connection = url.openConnection();
      if (connection instanceof JarURLConnection jar) {
        return JarSource.of(url, jar);
      }
      if (url.getProtocol().equals("file")) {
        return DirectorySource.of(Objects.requireNonNull(Path.of(url.toURI()).getParent()));
      }
    } catch (IOException | URISyntaxException e) {
      throw new StartException("Cannot read the embedded CPython distribution at " + url, e);
    }
    throw new StartException(
        "The embedded CPython distribution lies at "
            + url
            + "; expected it in a jar or in a folder. Put the jar "
            + Layout.COORDINATES
            + " on the class path as a file.");
  }

  /** Looks into the jars and folders that the JVM was started with; null if none has it. */
  static @Nullable URL onModulePath(String anchor, @Nullable String modulePath) {
    if (modulePath == null) {
      return null;
    }
    StringTokenizer entries = new StringTokenizer(modulePath, File.pathSeparator);
    while (entries.hasMoreTokens()) {
      Path entry = Path.of(entries.nextToken());
      try {
        URL found = in(entry, anchor);
        if (found != null) {
          return found;
        }
      } catch (IOException e) {
        LOG.get().debug("{} on the module path cannot be looked into", entry, e);
      }
    }
    return null;
  }

  private static @Nullable URL in(Path entry, String anchor) throws IOException {
    if (Files.isRegularFile(entry)) {
      return inJar(entry, anchor);
    }
    if (Files.isRegularFile(entry.resolve(anchor))) {
      return entry.resolve(anchor).toUri().toURL();
    }
    if (!Files.isDirectory(entry)) {
      return null;
    }
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(entry, "*.jar")) {
      for (Path jar : jars) {
        URL found = inJar(jar, anchor);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static @Nullable URL inJar(Path file, String anchor) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.getJarEntry(anchor) == null
          ? null
          : URI.create("jar:" + file.toUri() + "!/" + anchor).toURL();
    }
  }
}

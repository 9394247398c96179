package dev.ophion.bridge.distribution;

import dev.ophion.StartException;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Path;
import java.util.Objects;

/** Finds the distribution among the resources of a class loader. Stateless. */
final class ResourceLocator {

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
      throw new StartException(
          "The embedded CPython distribution is missing: no resource "
              + anchor
              + " on the class path. Add the dependency "
              + Layout.COORDINATES
              + " (classifier "
              + Layout.PLATFORM
              + ").");
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
}

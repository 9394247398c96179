package dev.ophion.bridge.distribution;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The distribution inside a jar, or inside a jar within a jar where the URL handler knows how. */
final class JarSource implements DistributionSource {

  private final URL anchor;
  private final String version;
  private final long identity;

  private JarSource(URL anchor, String version, long identity) {
    this.anchor = anchor;
    this.version = version;
    this.identity = identity;
  }

  static JarSource of(URL anchor, JarURLConnection connection) throws IOException {
    try (JarFile jar = open(connection)) {
      Fingerprint identity = new Fingerprint();
      for (String name : Layout.IDENTIFYING_FILES) {
        JarEntry entry = entry(jar, name);
        identity.add(name).add(entry.getSize()).add(entry.getCrc());
      }
      String header;
      try (InputStream in = jar.getInputStream(entry(jar, Layout.VERSION_HEADER))) {
        header = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
      return new JarSource(anchor, Layout.versionIn(header), identity.value());
    }
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public void identify(Fingerprint fingerprint) {
    fingerprint.add(identity);
  }

  @Override
  public long sizeBytes() throws IOException {
    try (JarFile jar = open((JarURLConnection) anchor.openConnection())) {
      long size = 0;
      for (JarEntry entry : entries(jar)) {
        size += Math.max(0, entry.getSize());
      }
      return size;
    }
  }

  @Override
  public void unpack(Path target) throws IOException {
    try (JarFile jar = open((JarURLConnection) anchor.openConnection())) {
      Set<Path> folders = new HashSet<>();
      for (JarEntry entry : entries(jar)) {
        Path file = Layout.child(target, entry.getName().substring(Layout.RESOURCE_ROOT.length()));
        if (folders.add(file.getParent())) {
          Files.createDirectories(file.getParent());
        }
        try (InputStream in = jar.getInputStream(entry)) {
          Files.copy(in, file);
        }
      }
    }
  }

  private static List<JarEntry> entries(JarFile jar) {
    List<JarEntry> found = new ArrayList<>();
    for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
      JarEntry entry = all.nextElement();
      if (!entry.isDirectory() && entry.getName().startsWith(Layout.RESOURCE_ROOT)) {
        found.add(entry);
      }
    }
    return found;
  }

  private static JarEntry entry(JarFile jar, String name) throws IOException {
    JarEntry entry = jar.getJarEntry(Layout.RESOURCE_ROOT.concat(name));
    if (entry == null) {
      throw new FileNotFoundException(jar.getName() + " has no " + Layout.RESOURCE_ROOT + name);
    }
    return entry;
  }

  private static JarFile open(JarURLConnection connection) throws IOException {
    // A cached JarFile is shared with everybody else in the JVM and must not be closed.
    connection.setUseCaches(false);
    return connection.getJarFile();
  }
}

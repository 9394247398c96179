package dev.ophion.bridge.distribution;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The distribution in a folder on the class path, as class path tools that explode jars leave it.
 */
final class DirectorySource implements DistributionSource {

  private final Path root;
  private final String version;
  private final long identity;

  private DirectorySource(Path root, String version, long identity) {
    this.root = root;
    this.version = version;
    this.identity = identity;
  }

  static DirectorySource of(Path root) throws IOException {
    Fingerprint identity = new Fingerprint();
    identity.add(root.toRealPath().toString());
    for (String name : Layout.IDENTIFYING_FILES) {
      Path file = root.resolve(name);
      identity.add(name).add(Files.size(file)).add(Files.getLastModifiedTime(file).toMillis());
    }
    String header = Files.readString(root.resolve(Layout.VERSION_HEADER));
    return new DirectorySource(root, Layout.versionIn(header), identity.value());
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
    long[] size = {0};
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            size[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }
        });
    return size[0];
  }

  @Override
  public void unpack(Path target) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(target.resolve(root.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, target.resolve(root.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}

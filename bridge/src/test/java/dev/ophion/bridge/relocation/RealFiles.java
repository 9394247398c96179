package dev.ophion.bridge.relocation;

import dev.ophion.bridge.distribution.Distribution;
import dev.ophion.bridge.distribution.DistributionCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Shared objects of the embedded distribution. */
public final class RealFiles {

  public static final Distribution DISTRIBUTION =
      DistributionCache.obtain(DistributionCache.defaultDirectory());

  private static final String SUFFIX = ".cpython-314-x86_64-linux-gnu.so";

  private RealFiles() {}

  public static Path libpython() {
    return DISTRIBUTION.libpython();
  }

  public static Path module(String name) {
    return modules().resolve(name + SUFFIX);
  }

  public static Path modules() {
    return DISTRIBUTION.stdlib().resolve("lib-dynload");
  }

  public static List<Path> all() throws IOException {
    try (Stream<Path> files = Files.walk(DISTRIBUTION.home())) {
      return files
          .filter(file -> file.getFileName().toString().matches(".*\\.so(\\.[0-9.]+)?"))
          .filter(file -> Files.isRegularFile(file) && !Files.isSymbolicLink(file))
          .sorted()
          .toList();
    }
  }
}

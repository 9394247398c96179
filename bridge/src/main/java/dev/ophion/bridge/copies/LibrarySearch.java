package dev.ophion.bridge.copies;

import dev.ophion.bridge.relocation.RunPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the dynamic loader looks for a library, in its order. Its own cache of the system's folders
 * ({@code ld.so.cache}) is not read; the folders that every system has stand for it.
 *
 * <p>Threading: immutable.
 */
final class LibrarySearch {

  private final List<Path> environment;
  private final List<Path> system;

  LibrarySearch(@Nullable String libraryPath) {
    // The loader reads the variable once, when the process starts; so does the JVM.
    environment = RunPaths.folders(libraryPath, Path.of("/"));
    String triplet =
        "aarch64".equals(System.getProperty("os.arch")) ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
    system = new ArrayList<>();
    for (String folder :
        List.of(
            "/lib/" + triplet,
            "/usr/lib/" + triplet,
            "/lib64",
            "/usr/lib64",
            "/usr/local/lib",
            "/lib",
            "/usr/lib")) {
      if (Files.isDirectory(Path.of(folder))) {
        system.add(Path.of(folder));
      }
    }
  }

  /**
   * Gets the existing files of a name.
   *
   * @param runPath the folders of the library that needs it and of those that need that one
   */
  List<Path> find(String name, List<Path> runPath) {
    Set<Path> found = new LinkedHashSet<>();
    for (List<Path> folders : List.of(runPath, environment, system)) {
      for (Path folder : folders) {
        Path candidate = folder.resolve(name);
        if (Files.exists(candidate)) {
          found.add(candidate);
        }
      }
    }
    return List.copyOf(found);
  }

  /** Tells whether the loader looks into a folder without being told. */
  boolean isKnown(Path folder) {
    return environment.contains(folder) || system.contains(folder);
  }
}

package dev.ophion.bridge.copies;

import dev.ophion.bridge.copies.DependencyGraph.Library;
import dev.ophion.bridge.copies.Origins.Origin;
import dev.ophion.bridge.distribution.Fingerprint;
import dev.ophion.bridge.relocation.Relocation;
import dev.ophion.bridge.relocation.RunPaths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives the copied libraries of a graph their names and says how they are changed.
 *
 * <p>Threading: confined to the thread that plans.
 */
final class CopyPlanner {

  /** Raised by every change of how copies are written. */
  private static final int FORMAT = 4;

  private static final int LONGEST_STEM = 80;
  private static final List<String> SUFFIXES = List.of(".cpython-", ".abi3", ".so");

  private final CopyFolder folder;
  private final Sources sources;
  private final @Nullable PlannedCopy libpython;
  private final Map<Library, Origin> origins = new LinkedHashMap<>();

  /**
   * Makes a planner.
   *
   * @param libpython the image's libpython; null to plan that itself
   */
  CopyPlanner(CopyFolder folder, Sources sources, @Nullable PlannedCopy libpython) {
    this.folder = folder;
    this.sources = sources;
    this.libpython = libpython;
  }

  /**
   * Plans copies.
   *
   * @return the new ones, the root's first
   * @throws IOException if an original cannot be looked at, or a link to its folder not be made
   */
  List<PlannedCopy> plan(Library root) throws IOException {
    Set<Library> all = copiedFrom(root);
    for (Library library : all) {
      if (library.planned() == null) {
        origins.put(library, origin(library));
      }
    }
    Map<Library, String> names = new LinkedHashMap<>();
    for (Library library : origins.keySet()) {
      names.put(library, name(library));
    }
    Map<Library, PlannedCopy> copies = new LinkedHashMap<>();
    for (Library library : names.keySet()) {
      // No lambda, whose first use in a JVM costs as much as all of planning.
      PlannedCopy.Change change =
          new PlannedCopy.Change() {
            @Override
            public Relocation get() {
              return change(library, names);
            }
          };
      String name = nameOf(library, names);
      copies.put(library, new PlannedCopy(library.path(), library.file(), name, change));
    }
    for (Library library : names.keySet()) {
      connect(library, copies);
    }
    return List.copyOf(copies.values());
  }

  private static Set<Library> copiedFrom(Library root) {
    Set<Library> found = new LinkedHashSet<>(Set.of(root));
    Deque<Library> pending = new ArrayDeque<>();
    Library library = root;
    while (library != null) {
      for (Library dependency : library.dependencies().values()) {
        if (dependency.isCopied() && found.add(dependency)) {
          pending.add(dependency);
        }
      }
      library = pending.poll();
    }
    return found;
  }

  private Origin origin(Library library) throws IOException {
    List<Path> shared = new ArrayList<>();
    for (Library dependency : library.dependencies().values()) {
      if (!dependency.isCopied()) {
        shared.add(dependency.folder());
      }
    }
    Origin origin = sources.origins().find(library.path(), library.file(), shared);
    if (origin == null) {
      String runPath = runPath(library, shared);
      origin = new Origin(library.file(), shared, runPath, identify(library, runPath));
      sources.origins().add(library.path(), origin);
    }
    return origin;
  }

  private String runPath(Library library, List<Path> shared) throws IOException {
    String written = library.file().linkage().runPath();
    // Without $ORIGIN any folder will do.
    Path origin =
        written == null || !written.contains("$")
            ? folder.path()
            : folder.nameable(library.folder());
    Set<String> entries =
        new LinkedHashSet<>(
            List.of(RunPaths.absolute(written, origin, folder.path()).split(":", -1)));
    List<Path> named = RunPaths.folders(written, library.folder());
    for (Path place : shared) {
      // Found by another library's run path, which a run path of its own takes away from it.
      if (!named.contains(place) && !sources.search().isKnown(place)) {
        entries.add(folder.nameable(place).toString());
      }
    }
    return String.join(":", entries);
  }

  /** Hashes what a library's copy is made from, but for the names of other copies. */
  private long identify(Library library, String runPath) throws IOException {
    return new Fingerprint()
        .add(FORMAT)
        .add(library.path().toRealPath().toString())
        .add(folder.contents().of(library.path(), library.file()))
        .add(runPath)
        .value();
  }

  private String name(Library library) {
    Fingerprint hash = new Fingerprint().add(connections(library));
    if (libpython != null) {
      hash.add(libpython.name());
    }
    Set<Library> all = copiedFrom(library);
    long[] parts = new long[all.size()];
    int count = 0;
    for (Library each : all) {
      parts[count++] = connections(each);
    }
    // They are found in another order from elsewhere in a circle.
    Arrays.sort(parts);
    for (long part : parts) {
      hash.add(part);
    }
    String digits = Long.toHexString(hash.value());
    // Not by +, whose first use in a JVM costs as much as all of planning.
    StringBuilder name = new StringBuilder(stem(library.path())).append('-');
    name.append("0".repeat(16 - digits.length())).append(digits);
    return name.append(SlotName.BASE).toString();
  }

  private long connections(Library library) {
    PlannedCopy planned = library.planned();
    if (planned != null) {
      return new Fingerprint().add(planned.name()).value();
    }
    Fingerprint hash = new Fingerprint().add(ownOf(library));
    for (Map.Entry<String, Library> entry : library.dependencies().entrySet()) {
      Library dependency = entry.getValue();
      if (dependency.isCopied()) {
        hash.add(entry.getKey());
        PlannedCopy copy = dependency.planned();
        if (copy == null) {
          hash.add(ownOf(dependency));
        } else {
          hash.add(copy.name());
        }
      }
    }
    return hash.value();
  }

  private long ownOf(Library library) {
    return originOf(library).hash();
  }

  private Origin originOf(Library library) {
    Origin origin = origins.get(library);
    if (origin == null) {
      throw new IllegalStateException(library.path() + " is not among the copied libraries");
    }
    return origin;
  }

  /** The beginning of a file's name, for people who read the names of copies. */
  static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    int end = name.length();
    for (String suffix : SUFFIXES) {
      int at = name.indexOf(suffix);
      end = at > 0 ? Math.min(end, at) : end;
    }
    StringBuilder stem = new StringBuilder(name.substring(0, Math.min(end, LONGEST_STEM)));
    for (int i = 0; i < stem.length(); i++) {
      char c = stem.charAt(i);
      // No temporary file's first letter, and nothing that lists of mappings write otherwise.
      boolean plain =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || "_+-".indexOf(c) >= 0
              || (c == '.' && i > 0);
      if (!plain) {
        stem.setCharAt(i, '_');
      }
    }
    return stem.toString();
  }

  private Relocation change(Library library, Map<Library, String> names) {
    Relocation.Builder change = Relocation.named(nameOf(library, names));
    change.runPath(originOf(library).runPath());
    if (libpython != null && library.needsPython()) {
      change.dependFirstOn(libpython.name());
      for (String name : library.namesOfLibpython()) {
        change.rename(name, libpython.name());
      }
    }
    for (Map.Entry<String, Library> entry : library.dependencies().entrySet()) {
      Library dependency = entry.getValue();
      if (dependency.isCopied()) {
        change.rename(entry.getKey(), nameOf(dependency, names));
      } else if (entry.getKey().indexOf('$') >= 0) {
        change.rename(entry.getKey(), dependency.path().toString());
      }
    }
    return change.build();
  }

  private static String nameOf(Library library, Map<Library, String> names) {
    PlannedCopy planned = library.planned();
    String name = planned != null ? planned.name() : names.get(library);
    if (name == null) {
      throw new IllegalStateException(library.path() + " is not among the copied libraries");
    }
    return name;
  }

  private void connect(Library library, Map<Library, PlannedCopy> copies) {
    PlannedCopy copy = Objects.requireNonNull(copies.get(library));
    if (libpython != null) {
      copy.dependOn(libpython);
    }
    for (Library dependency : library.dependencies().values()) {
      PlannedCopy planned = dependency.planned();
      if (planned == null) {
        planned = copies.get(dependency);
      }
      if (planned != null) {
        copy.dependOn(planned);
      }
    }
  }
}

package dev.ophion.bridge.copies;

import dev.ophion.bridge.log.LazyLogger;
import dev.ophion.bridge.relocation.ElfException;
import dev.ophion.bridge.relocation.Machine;
import dev.ophion.bridge.relocation.RunPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A library and everything that the dynamic loader would load with it, found in the loader's order:
 * breadth first, and a name that was found once stands for the same library ever after.
 *
 * <p>Threading: confined to the thread that plans.
 */
final class DependencyGraph {

  private static final LazyLogger LOG = LazyLogger.of(DependencyGraph.class);

  /** One library. */
  static final class Library {

    private final Path path;
    private final KnownFiles.Known file;
    private final @Nullable Library loader;
    private final @Nullable PlannedCopy planned;
    private final Map<String, Library> dependencies = new LinkedHashMap<>();
    private final Set<String> namesOfLibpython = new LinkedHashSet<>();
    private boolean copied;

    private Library(
        Path path, KnownFiles.Known file, @Nullable Library loader, @Nullable PlannedCopy planned) {
      this.path = path;
      this.file = file;
      this.loader = loader;
      this.planned = planned;
    }

    /** Returns the path that it was found by. */
    Path path() {
      return path;
    }

    Path folder() {
      Path parent = path.getParent();
      return parent == null ? path : parent;
    }

    KnownFiles.Known file() {
      return file;
    }

    /** Returns the copy that its image has loaded already, or is about to. */
    @Nullable PlannedCopy planned() {
      return planned;
    }

    /** Returns what it depends on, by the names that it uses; what was not found is left out. */
    Map<String, Library> dependencies() {
      return dependencies;
    }

    /** Returns the names by which it depends on libpython. */
    Set<String> namesOfLibpython() {
      return namesOfLibpython;
    }

    boolean needsPython() {
      return file.linkage().usesPython() || !namesOfLibpython.isEmpty();
    }

    boolean isCopied() {
      return copied;
    }
  }

  private final Sources sources;
  private final SlotCopies slot;
  private final Map<String, Library> byName = new HashMap<>();
  private final Map<FileIdentity.Place, Library> byPlace = new LinkedHashMap<>();
  private final Deque<Library> pending = new ArrayDeque<>();
  private final Library root;

  private DependencyGraph(Path path, KnownFiles.Known file, Sources sources, SlotCopies slot) {
    this.sources = sources;
    this.slot = slot;
    root = add(path, file, null, null);
  }

  /**
   * Finds what a library depends on.
   *
   * @param file what was read of it
   * @param slot the copies that the image has already: what they are copies of is not looked into
   * @throws ChangingFileException if one is written to all the time
   */
  static DependencyGraph of(Path path, KnownFiles.Known file, Sources sources, SlotCopies slot)
      throws ChangingFileException {
    DependencyGraph graph = find(path, file, sources, slot);
    graph.mark();
    return graph;
  }

  /** Does the same for a library that is copied whatever it is. */
  static DependencyGraph ofCopied(
      Path path, KnownFiles.Known file, Sources sources, SlotCopies slot)
      throws ChangingFileException {
    DependencyGraph graph = find(path, file, sources, slot);
    graph.root.copied = true;
    graph.mark();
    return graph;
  }

  private static DependencyGraph find(
      Path path, KnownFiles.Known file, Sources sources, SlotCopies slot)
      throws ChangingFileException {
    DependencyGraph graph = new DependencyGraph(path, file, sources, slot);
    Library library = graph.pending.poll();
    while (library != null) {
      for (String needed : library.file.linkage().needed()) {
        graph.connect(library, needed);
      }
      library = graph.pending.poll();
    }
    return graph;
  }

  Library root() {
    return root;
  }

  private Library add(
      Path path, KnownFiles.Known file, @Nullable Library loader, @Nullable PlannedCopy planned) {
    Library library = new Library(path, file, loader, planned);
    byPlace.put(file.identity().place(), library);
    String soname = file.linkage().soname();
    if (soname != null) {
      byName.putIfAbsent(soname, library);
    }
    if (planned == null) {
      pending.add(library);
    }
    return library;
  }

  private void connect(Library library, String needed) throws ChangingFileException {
    if (sources.libpythonNames().contains(needed)) {
      library.namesOfLibpython.add(needed);
      return;
    }
    if (sources.isBase(needed)) {
      return;
    }
    Library found = byName.get(needed);
    if (found == null) {
      found = search(library, needed);
    }
    if (found != null) {
      byName.putIfAbsent(needed, found);
      library.dependencies.put(needed, found);
    }
  }

  private @Nullable Library search(Library library, String needed) throws ChangingFileException {
    for (Path candidate : candidates(library, needed)) {
      KnownFiles.Known file = look(candidate);
      if (file == null) {
        continue;
      }
      if (sources.isLibpython(file)) {
        library.namesOfLibpython.add(needed);
        return null;
      }
      Library known = byPlace.get(file.identity().place());
      return known != null ? known : add(candidate, file, library, slot.current(file));
    }
    // The loader finds what is loaded by its name alone, and so far that is in no run path.
    PlannedCopy planned = slot.withSoname(needed);
    return planned == null ? null : add(planned.original(), planned.file(), library, planned);
  }

  private List<Path> candidates(Library library, String needed) {
    if (needed.indexOf('/') >= 0) {
      Path path = RunPaths.resolve(needed, library.folder());
      return path != null && Files.exists(path) ? List.of(path) : List.of();
    }
    List<Path> runPath = new ArrayList<>();
    for (Library each = library; each != null; each = each.loader) {
      runPath.addAll(RunPaths.folders(each.file.linkage().runPath(), each.folder()));
    }
    return sources.search().find(needed, runPath);
  }

  /** What is no library for this machine is passed over, as the loader does. */
  private KnownFiles.@Nullable Known look(Path candidate) throws ChangingFileException {
    try {
      KnownFiles.Known file = sources.files().look(candidate);
      return file.linkage().machine() == Machine.host() ? file : null;
    } catch (ElfException e) {
      LOG.get().debug("Passed over: {}", e.getMessage());
      return null;
    } catch (ChangingFileException e) {
      throw e;
    } catch (IOException e) {
      LOG.get().debug("Passed over {}", candidate, e);
      return null;
    }
  }

  /** Settles what is copied, and takes the names of the rest for this process. */
  private void mark() throws ChangingFileException {
    do {
      spread();
    } while (markNamesakes() || !shareNames());
  }

  /** A library that depends on a copied one has to be copied, or it would load the original. */
  private void spread() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Library library : byPlace.values()) {
        if (!library.copied && hasToBeCopied(library)) {
          library.copied = true;
          changed = true;
        }
      }
    }
  }

  private boolean hasToBeCopied(Library library) {
    if (library.planned != null
        || !library.namesOfLibpython.isEmpty()
        || sources.haveCopied(library.path, library.file.linkage())) {
      return true;
    }
    for (Library dependency : library.dependencies.values()) {
      if (dependency.copied) {
        return true;
      }
    }
    return false;
  }

  /** One whose name another library has in this process would be that one if it were not copied. */
  private boolean markNamesakes() throws ChangingFileException {
    boolean found = false;
    for (Map.Entry<Library, Set<String>> each : sharedNames().entrySet()) {
      Library library = each.getKey();
      for (String name : each.getValue()) {
        if (!library.copied && slot.isOthers(name, library.path, library.file)) {
          library.copied = true;
          found = true;
        }
      }
    }
    return found;
  }

  private boolean shareNames() throws ChangingFileException {
    for (Map.Entry<Library, Set<String>> each : sharedNames().entrySet()) {
      Library library = each.getKey();
      for (String name : each.getValue()) {
        if (!slot.share(name, library.path, library.file)) {
          library.copied = true;
          return false;
        }
      }
    }
    return true;
  }

  /** The names by which the loader will know each library that is not copied. */
  private Map<Library, Set<String>> sharedNames() {
    Map<Library, Set<String>> names = new LinkedHashMap<>();
    for (Library library : byPlace.values()) {
      String soname = library.file.linkage().soname();
      if (soname != null) {
        addName(names, library, soname);
      }
      for (Map.Entry<String, Library> needed : library.dependencies.entrySet()) {
        addName(names, needed.getValue(), needed.getKey());
      }
    }
    return names;
  }

  private static void addName(Map<Library, Set<String>> names, Library library, String name) {
    // One with a slash is opened as the file that it names.
    if (library.copied || name.indexOf('/') >= 0) {
      return;
    }
    Set<String> known = names.get(library);
    if (known == null) {
      known = new LinkedHashSet<>();
      names.put(library, known);
    }
    known.add(name);
  }
}

package dev.ophion.bridge.copies;

import dev.ophion.StartException;
import dev.ophion.bridge.cache.WriteFailure;
import dev.ophion.bridge.relocation.ElfException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives for each library the file that an image has to open in its place: a copy of its own where
 * the library uses Python, depends on one that does, or is ruled to be copied, else the library
 * itself. Copies that are missing are made.
 *
 * <p>A path that was given is good for opening the file soon; another process may prune copies that
 * nobody has used for a while. Should opening fail, asking again makes the copy again, with all
 * that it depends on.
 *
 * <p>Threading: thread-safe. A call may read and write whole libraries and never needs a GIL.
 */
public final class CopyCache {

  private static final int ATTEMPTS = 5;

  private final Path libpython;
  private final CopyFolder folder;
  private final Sources sources;
  private final SharedNames names;
  private final ConcurrentMap<Slot, SlotCopies> slots = new ConcurrentHashMap<>();

  private CopyCache(Path libpython, CopyFolder folder, Sources sources, Properties names) {
    this.libpython = libpython;
    this.folder = folder;
    this.sources = sources;
    this.names = new SharedNames(names, sources.files(), folder.contents());
  }

  /**
   * Opens the cache.
   *
   * @param directory the folder of the copies; created, for this user alone, if it does not exist
   * @param libpython the original of every image's libpython
   * @param rules what is copied beside the libraries that use Python
   * @throws StartException if the folder cannot be used or is open to other users, or libpython is
   *     no shared library
   */
  public static CopyCache open(Path directory, Path libpython, CopyRules rules) {
    return open(directory, libpython, rules, Clock.systemUTC(), System.getProperties());
  }

  /** Opens the cache for a process in which nothing has been loaded. */
  static CopyCache open(Path directory, Path libpython, CopyRules rules, Clock clock) {
    return open(directory, libpython, rules, clock, new Properties());
  }

  static CopyCache open(
      Path directory, Path libpython, CopyRules rules, Clock clock, Properties names) {
    CopyFolder folder = CopyFolder.open(directory, clock);
    LibrarySearch search = new LibrarySearch(System.getenv("LD_LIBRARY_PATH"));
    Path original = libpython.toAbsolutePath();
    try {
      Sources sources =
          Sources.of(original, new KnownFiles(clock, folder.linkages()), search, rules);
      return new CopyCache(original, folder, sources, names);
    } catch (IOException e) {
      throw new StartException("libpython cannot be copied: " + reason(e), e);
    }
  }

  /**
   * Returns the libpython of an image: always the same one, until the slot is forgotten.
   *
   * @throws CopyException if it cannot be read or the copy cannot be written
   */
  public Path libpython(Slot slot) {
    SlotCopies copies = slot(slot);
    synchronized (copies) {
      return own(makeAll(libpython, copies).get(0), slot);
    }
  }

  /**
   * Returns the file to open for an extension module.
   *
   * @param original the absolute path of the module's file
   * @return a copy that depends on the image's libpython; the original if it is missing, which
   *     opening it reports best, or has nothing to do with Python
   * @throws CopyException if it is no library for this machine, or the copy cannot be written
   */
  public Path extension(Path original, Slot slot) {
    try {
      return resolve(original.toAbsolutePath(), slot);
    } catch (ElfException e) {
      throw noLibrary(e);
    }
  }

  private static CopyException noLibrary(ElfException e) {
    return new CopyException(
        "The extension module cannot be loaded: " + e.getMessage() + ". Reinstall its package.", e);
  }

  /**
   * Returns the file to open for a library that a program names by its path, such as {@code
   * ctypes.CDLL} does, or for the engine.
   *
   * @param original the absolute path of the library
   * @return a copy, the image's libpython if it is that, or the original if it is shared or is no
   *     library, which opening it reports best
   * @throws CopyException if a copy is needed and cannot be written
   */
  public Path library(Path original, Slot slot) {
    try {
      return resolve(original.toAbsolutePath(), slot);
    } catch (ElfException e) {
      return original;
    }
  }

  /**
   * Returns what a slot's copies of a library are made from: those of the shared slot, which {@link
   * #write} makes into copies for any slot.
   *
   * @param original the absolute path of the library
   * @param isExtension whether it is an extension module
   * @return of what it depends on and is copied, but for libpython, in the order of loading, and
   *     last of itself; nothing if the original is to be opened
   * @throws CopyException as {@link #extension} and {@link #library} do
   */
  public List<Path> bases(Path original, boolean isExtension, Slot slot) {
    try {
      PlannedCopy copy = find(original.toAbsolutePath(), slot);
      List<Path> bases = new ArrayList<>();
      if (copy != null) {
        for (PlannedCopy each : copy.inLoadingOrder()) {
          if (each == copy || !each.original().equals(libpython)) {
            bases.add(folder.pathOf(each));
          }
        }
      }
      return bases;
    } catch (ElfException e) {
      if (isExtension) {
        throw noLibrary(e);
      }
      return List.of();
    }
  }

  /**
   * Writes the copy for a slot.
   *
   * @param base the copy of the shared slot
   * @param target an empty file
   * @throws IOException if the one cannot be read or the other not be written
   */
  public static void write(Path base, Path target, Slot slot) throws IOException {
    SlotName.write(base, target, slot);
  }

  /**
   * Returns how much room the copies take, for all slots and processes.
   *
   * @throws CopyException if the folder cannot be read
   */
  public long sizeBytes() {
    try {
      return folder.pruning().sizeBytes();
    } catch (IOException e) {
      throw unreadable(folder.path(), e);
    }
  }

  /**
   * Removes the copies that were not used for longest until the rest takes no more than {@code
   * maximumBytes}, and what killed processes left behind. Copies that were used within the last two
   * minutes or that a running process has mapped stay.
   *
   * @return how many bytes were removed
   * @throws CopyException if the folder cannot be read or changed
   */
  public long prune(long maximumBytes) {
    try {
      return folder.pruning().prune(maximumBytes);
    } catch (IOException e) {
      throw new CopyException("The copies cannot be pruned: " + reason(e), e);
    }
  }

  /** Forgets what an image that has been closed had asked for. */
  public void forget(Slot slot) {
    slots.remove(slot);
  }

  /** Returns what every image's libpython is a copy of. */
  public Path original() {
    return libpython;
  }

  /** Returns the folder of the copies. */
  public Path folder() {
    return folder.path();
  }

  private SlotCopies slot(Slot slot) {
    SlotCopies known = slots.get(slot);
    if (known == null) {
      SlotCopies made = new SlotCopies(sources.files(), names);
      known = slots.putIfAbsent(slot, made);
      known = known == null ? made : known;
    }
    return known;
  }

  private Path resolve(Path original, Slot slot) throws ElfException {
    PlannedCopy copy = find(original, slot);
    return copy == null ? original : own(copy, slot);
  }

  /**
   * Returns the copy of a library, whose file for the shared slot is there; null if it has none.
   */
  private @Nullable PlannedCopy find(Path original, Slot slot) throws ElfException {
    if (original.startsWith(folder.path())) {
      return null;
    }
    KnownFiles.Known file;
    try {
      file = sources.files().look(original);
    } catch (ElfException e) {
      throw e;
    } catch (ChangingFileException e) {
      throw changing(original, e);
    } catch (IOException e) {
      return null;
    }
    SlotCopies copies = slot(slot);
    synchronized (copies) {
      return makeIfCopied(sources.isLibpython(file) ? libpython : original, copies);
    }
  }

  /** Returns the file of a slot's copy, and makes it and those that it depends on if need be. */
  private Path own(PlannedCopy copy, Slot slot) {
    Path file = folder.pathOf(copy);
    for (PlannedCopy each : copy.inLoadingOrder()) {
      try {
        file = folder.own(each, slot);
      } catch (IOException e) {
        throw failure(each, copy, e);
      }
    }
    return file;
  }

  private @Nullable PlannedCopy makeIfCopied(Path original, SlotCopies copies) {
    List<PlannedCopy> made = makeAll(original, copies);
    return made.isEmpty() ? null : made.get(0);
  }

  /** Returns copies of which the first is asked for; none if the original will do. */
  private List<PlannedCopy> plan(Path original, SlotCopies copies) throws IOException {
    KnownFiles.Known file = sources.files().look(original);
    PlannedCopy known = copies.current(file);
    if (known != null) {
      return List.of(known);
    }
    DependencyGraph graph = DependencyGraph.of(original, file, sources, copies);
    if (!graph.root().isCopied()) {
      return List.of();
    }
    PlannedCopy python = planLibpython(copies).get(0);
    return new CopyPlanner(folder, sources, python).plan(graph.root());
  }

  private List<PlannedCopy> planLibpython(SlotCopies copies) throws IOException {
    PlannedCopy known = copies.libpython();
    if (known != null) {
      return List.of(known);
    }
    KnownFiles.Known file = sources.files().look(libpython);
    DependencyGraph graph = DependencyGraph.ofCopied(libpython, file, sources, copies);
    return new CopyPlanner(folder, sources, null).plan(graph.root());
  }

  /** Plans until no original changes between planning and copying. */
  private List<PlannedCopy> makeAll(Path original, SlotCopies copies) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      List<PlannedCopy> planned;
      try {
        planned = original.equals(libpython) ? planLibpython(copies) : plan(original, copies);
      } catch (ChangingFileException e) {
        if (attempt == ATTEMPTS) {
          throw changing(original, e);
        }
        continue;
      } catch (IOException e) {
        throw unreadable(original, e);
      }
      if (planned.isEmpty() || makeMissing(planned.get(0), copies)) {
        remember(planned, copies);
        return planned;
      }
    }
    throw changing(original, new ChangingFileException(original));
  }

  private void remember(List<PlannedCopy> planned, SlotCopies copies) {
    for (PlannedCopy copy : planned) {
      for (PlannedCopy each : copy.withDependencies()) {
        copies.add(each);
        if (each.original().equals(libpython)) {
          copies.setLibpython(each);
        }
      }
    }
  }

  private static CopyException changing(Path original, ChangingFileException e) {
    return new CopyException(
        original
            + " or a library that it depends on changes all the time ("
            + e.getMessage()
            + "). Wait until its package is installed.",
        e);
  }

  private boolean makeMissing(PlannedCopy copy, SlotCopies copies) {
    for (PlannedCopy each : copy.withDependencies()) {
      try {
        if (!folder.has(each) && !folder.make(each, copies)) {
          return false;
        }
      } catch (IOException e) {
        if (!copies.isUnchanged(each)) {
          return false;
        }
        throw failure(each, copy, e);
      }
    }
    return true;
  }

  private CopyException failure(PlannedCopy failed, PlannedCopy wanted, IOException e) {
    Path original = failed.original();
    if (e instanceof ElfException) {
      return new CopyException("A library cannot be copied for an image: " + e.getMessage(), e);
    }
    if (e instanceof FileSystemException f && original.toString().equals(f.getFile())) {
      return unreadable(original, e);
    }
    long needed = 0;
    for (PlannedCopy each : wanted.withDependencies()) {
      needed += Files.exists(folder.pathOf(each)) ? 0 : each.file().identity().sizeBytes();
    }
    return new CopyException(
        "The copy of "
            + original
            + " cannot be written to "
            + folder.path()
            + ": "
            + reason(e)
            + "."
            + WriteFailure.explain(folder.path(), e, needed)
            + " Or choose it with the option copiesDirectory.",
        e);
  }

  private static CopyException unreadable(Path original, IOException e) {
    return new CopyException(original + " cannot be read: " + reason(e), e);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null || message.isEmpty()
        ? e.getClass().getSimpleName()
        : e instanceof FileSystemException f && f.getReason() == null
            ? e.getClass().getSimpleName() + " " + message
            : message;
  }
}

package dev.ophion.bridge.copies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The copies that one image of this process has asked for, and so has loaded or is about to. The
 * dynamic loader keeps the first library of a name or file for good; so does this, until the file
 * is another one.
 *
 * <p>Threading: its own monitor guards it; whoever plans for the slot holds that throughout.
 */
final class SlotCopies {

  private final KnownFiles files;
  private final Map<FileIdentity.Place, PlannedCopy> byPlace = new HashMap<>();
  private final Map<String, PlannedCopy> bySoname = new HashMap<>();
  private final SharedNames names;

  /** What the image has loaded that is not copied; the loader gives it that again. */
  private final Set<String> shared = new HashSet<>();

  private @Nullable PlannedCopy libpython;

  SlotCopies(KnownFiles files, SharedNames names) {
    this.files = files;
    this.names = names;
  }

  /**
   * Returns whether the loader would give the image the library of another environment.
   *
   * @param name one that the library has, or that another depends on it by
   * @throws ChangingFileException if the file is another one by now
   */
  boolean isOthers(String name, Path path, KnownFiles.Known file) throws ChangingFileException {
    return !shared.contains(name) && names.isOthers(name, path, file);
  }

  /**
   * Takes a name for a library that the image is about to load as it is.
   *
   * @return false if somebody else was faster
   * @throws ChangingFileException if the file is another one by now
   */
  boolean share(String name, Path path, KnownFiles.Known file) throws ChangingFileException {
    if (!shared.contains(name) && !names.take(name, path, file)) {
      return false;
    }
    shared.add(name);
    return true;
  }

  void add(PlannedCopy copy) {
    byPlace.put(copy.file().identity().place(), copy);
    String soname = copy.file().linkage().soname();
    if (soname != null) {
      bySoname.put(soname, copy);
    }
  }

  /** Returns the image's libpython, which it keeps even if the original becomes another file. */
  @Nullable PlannedCopy libpython() {
    return libpython;
  }

  void setLibpython(PlannedCopy copy) {
    libpython = copy;
  }

  /** Returns the copy of a file, unless the file or one that it depends on is another one now. */
  @Nullable PlannedCopy current(KnownFiles.Known file) {
    PlannedCopy copy = byPlace.get(file.identity().place());
    return copy != null && isCurrent(copy) ? copy : null;
  }

  @Nullable PlannedCopy withSoname(String soname) {
    PlannedCopy copy = bySoname.get(soname);
    return copy != null && isCurrent(copy) ? copy : null;
  }

  private boolean isCurrent(PlannedCopy copy) {
    List<PlannedCopy> all = copy.withDependencies();
    for (PlannedCopy each : all) {
      if (each != libpython && !isUnchanged(each)) {
        return false;
      }
    }
    return true;
  }

  /** Tells whether the original is still the file that the copy was planned for. */
  boolean isUnchanged(PlannedCopy copy) {
    try {
      return files.look(copy.original()).isStateOf(copy.file());
    } catch (IOException e) {
      // Gone or unreadable: whoever looks for it next is told so.
      return false;
    }
  }
}

package dev.ophion.bridge.copies;

import dev.ophion.bridge.copies.FileIdentity.Place;
import dev.ophion.bridge.log.LazyLogger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which file stands behind each name of the libraries that are not copied. The dynamic loader gives
 * whoever depends on a name the first library of this process that has it, whatever file the next
 * one would find: two environments with different libraries of one name would both get the first's.
 *
 * <p>Names stay taken when an image ends, since such libraries mostly stay mapped, and when a file
 * was planned for and could not be loaded: at worst a library is copied that need not be. The table
 * of a process is the one that all its class loaders share, the system properties.
 *
 * <p>Threading: thread-safe.
 */
final class SharedNames {

  private static final LazyLogger LOG = LazyLogger.of(SharedNames.class);

  private static final String NAME = "dev.ophion.library:";

  /**
   * OpenMP runtimes of LLVM and Intel, which end the process when they find a second one in it
   * ("OMP: Error #15").
   */
  private static final Set<String> ONLY_ONCE = Set.of("libiomp5.so", "libomp.so", "libomp.so.5");

  private final Properties table;
  private final KnownFiles files;
  private final Contents contents;

  SharedNames(Properties table, KnownFiles files, Contents contents) {
    this.table = table;
    this.files = files;
    this.contents = contents;
  }

  /**
   * Returns whether the loader would give another library than this one for a name.
   *
   * @throws ChangingFileException if the file is another one by now
   */
  boolean isOthers(String name, Path path, KnownFiles.Known file) throws ChangingFileException {
    String holder = table.getProperty(NAME + name);
    return holder != null && !ONLY_ONCE.contains(name) && !isSame(holder, path, file);
  }

  /**
   * Takes a name for a file that is about to be loaded, unless it is taken.
   *
   * @return false if another file has it
   * @throws ChangingFileException if the file is another one by now
   */
  boolean take(String name, Path path, KnownFiles.Known file) throws ChangingFileException {
    table.putIfAbsent(NAME + name, write(path, file.identity().place()));
    return !isOthers(name, path, file);
  }

  private static String write(Path path, Place place) {
    return place.device() + " " + place.inode() + " " + path;
  }

  /** A file that is mapped keeps its inode, so one place is one library. */
  private boolean isSame(String holder, Path path, KnownFiles.Known file)
      throws ChangingFileException {
    String[] parts = holder.split(" ", 3);
    Place place = new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    if (place.equals(file.identity().place())) {
      return true;
    }
    Path heldPath = Path.of(parts[2]);
    KnownFiles.Known held = look(heldPath);
    if (held == null
        || !held.identity().place().equals(place)
        || held.identity().sizeBytes() != file.identity().sizeBytes()) {
      return false;
    }
    try {
      return contents.of(heldPath, held) == contents.of(path, file);
    } catch (ChangingFileException e) {
      throw e;
    } catch (IOException e) {
      LOG.get().debug("{} and {} cannot be compared", heldPath, path, e);
      return false;
    }
  }

  private KnownFiles.@Nullable Known look(Path path) {
    try {
      return files.look(path);
    } catch (IOException e) {
      LOG.get().debug("{} is no longer what was loaded", path, e);
      return null;
    }
  }
}

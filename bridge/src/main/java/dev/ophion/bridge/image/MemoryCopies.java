package dev.ophion.bridge.image;

import dev.ophion.bridge.copies.CopyCache;
import dev.ophion.bridge.copies.Slot;
import dev.ophion.bridge.log.LazyLogger;
import dev.ophion.natives.Host;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The copies of one private image, made in memory from those on disk that all images share, so that
 * an image writes nothing to disk and works where nothing can be written. Once loaded they take no
 * more memory than copies on disk would: equal pages are mapped from the file on disk.
 *
 * <p>A library is copied to disk for the image's number instead where the system forbids to load
 * from memory, the property {@value #ON_DISK} is {@code true}, or its copies are large: until they
 * are loaded they take memory in full.
 *
 * <p>Threading: thread-safe.
 */
final class MemoryCopies {

  /** Has all copies written to disk, where debuggers find their symbols. */
  static final String ON_DISK = "dev.ophion.copiesOnDisk";

  private static final long LARGEST_BYTES = 128L << 20;

  private static final LazyLogger LOG = LazyLogger.of(MemoryCopies.class);

  private final Slot slot;
  private final boolean isUsed;

  /** What the image has been given for a copy of the shared slot. Guarded by this. */
  private final Map<Path, Path> made = new HashMap<>();

  /** Copies of the shared slot that the image has loaded from disk for its own. Guarded by this. */
  private final Set<Path> onDisk = new HashSet<>();

  /** Whether the thread that opens a library has to be told afterwards. Guarded by this. */
  private boolean interrupted;

  private MemoryCopies(Slot slot, boolean isUsed) {
    this.slot = slot;
    this.isUsed = isUsed;
  }

  /** Makes the copies of a private image. */
  static MemoryCopies of(Slot slot) {
    return new MemoryCopies(slot, !Boolean.getBoolean(ON_DISK) && Host.canLoadFromMemory());
  }

  /**
   * Leaves all to the disk: the shared image's files must be the same when it starts again, also in
   * the next class loader.
   */
  static MemoryCopies none(Slot slot) {
    return new MemoryCopies(slot, false);
  }

  /**
   * Returns the file that the image has to open.
   *
   * @param copies where the copies on disk come from
   * @param original the library
   * @param isExtension whether it is an extension module
   */
  synchronized Path open(CopyCache copies, Path original, boolean isExtension) {
    // An import by a thread that is interrupted goes on; reading files would not.
    interrupted = Thread.interrupted();
    try {
      return choose(copies, original, isExtension);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Path choose(CopyCache copies, Path original, boolean isExtension) {
    List<Path> bases = isUsed ? copies.bases(original, isExtension, slot) : List.of();
    if (bases.isEmpty()) {
      return onDisk(copies, original, isExtension);
    }
    Path wanted = bases.get(bases.size() - 1);
    try {
      if (!onDisk.contains(wanted) && missingBytes(bases) <= LARGEST_BYTES) {
        for (Path base : bases) {
          if (!onDisk.contains(base)) {
            Path copy = make(base);
            if (!base.equals(wanted)) {
              Host.preload(copy.toString());
            }
          }
        }
        return make(wanted);
      }
    } catch (IOException | RuntimeException failure) {
      // Among others, libraries that depend on each other in a circle, or on what their users have.
      LOG.get().debug("{} is loaded from disk", original, failure);
    }
    for (Path base : bases) {
      if (!made.containsKey(base)) {
        onDisk.add(base);
      }
    }
    return onDisk(copies, original, isExtension);
  }

  private Path onDisk(CopyCache copies, Path original, boolean isExtension) {
    return isExtension ? copies.extension(original, slot) : copies.library(original, slot);
  }

  private long missingBytes(List<Path> bases) throws IOException {
    long bytes = 0;
    for (Path base : bases) {
      bytes += made.containsKey(base) ? 0 : Files.size(base);
    }
    return bytes;
  }

  private Path make(Path base) throws IOException {
    Path known = made.get(base);
    if (known != null && Host.hasMemoryCopy(slot.number(), known.toString())) {
      return known;
    }
    // No path of the file system: nothing of it may be left out.
    String path = Host.makeMemoryCopy(slot.number(), base.toString());
    try {
      Path copy = Path.of(path);
      write(base, copy);
      made.put(base, copy);
      return copy;
    } catch (IOException | RuntimeException | Error failure) {
      Host.dropMemoryCopy(slot.number(), path);
      throw failure;
    }
  }

  private void write(Path base, Path copy) throws IOException {
    while (true) {
      try {
        CopyCache.write(base, copy, slot);
        return;
      } catch (ClosedByInterruptException e) {
        interrupted |= Thread.interrupted();
      }
    }
  }

  /** The image has ended, or was not opened. */
  void forget() {
    Host.forgetCopies(slot.number());
  }
}

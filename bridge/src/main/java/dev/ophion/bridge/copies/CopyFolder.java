package dev.ophion.bridge.copies;

import dev.ophion.bridge.cache.CacheDirectory;
import dev.ophion.bridge.distribution.Fingerprint;
import dev.ophion.bridge.log.LazyLogger;
import dev.ophion.bridge.relocation.Relocator;
import dev.ophion.bridge.relocation.RunPaths;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The folder of the copies. A file in it appears complete and under its final name, and is never
 * changed; its time of modification says when it was last used.
 *
 * <p>Threading: thread-safe, across processes too.
 */
final class CopyFolder {

  /** How old a mark of use may become before it is made anew. */
  static final Duration MARK_EVERY = Duration.ofMinutes(1);

  static final String TEMPORARY_PREFIX = ".";
  static final String LINK_PREFIX = ".folder-";

  private static final LazyLogger LOG = LazyLogger.of(CopyFolder.class);
  private static final AtomicLong COUNTER = new AtomicLong();

  private final Path path;
  private final Clock clock;
  private final Contents contents;
  private final Linkages linkages;

  private CopyFolder(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
    contents = Contents.in(path);
    linkages = Linkages.in(path);
  }

  /**
   * Opens the folder; makes it, for this user alone, if need be.
   *
   * @throws dev.ophion.StartException if it is open to others, cannot be made, or cannot be named
   *     in a run path
   */
  static CopyFolder open(Path folder, Clock clock) {
    Path path = CacheDirectory.prepare(folder);
    if (!RunPaths.canName(path)) {
      throw new dev.ophion.StartException(
          "The cache folder "
              + path
              + " cannot hold libraries: the dynamic loader cannot be told of a folder with \":\","
              + " $ORIGIN, $LIB or $PLATFORM in its name, or with a name that is no text."
              + CacheDirectory.REMEDY);
    }
    return new CopyFolder(path, clock);
  }

  Contents contents() {
    return contents;
  }

  Linkages linkages() {
    return linkages;
  }

  Path path() {
    return path;
  }

  /** Gets a look at the folder as it is now, to remove some of it. */
  Pruning pruning() {
    return new Pruning(path, clock.instant());
  }

  Path pathOf(PlannedCopy copy) {
    return path.resolve(copy.name());
  }

  /** Tells whether the shared slot's copy is there, and marks it as used. */
  boolean has(PlannedCopy copy) throws IOException {
    Path file = pathOf(copy);
    if (!copy.isVerified()) {
      if (!Relocator.isComplete(file)) {
        return false;
      }
      copy.setVerified();
    }
    return isThere(file);
  }

  /**
   * Returns the copy for a slot, and makes it first if need be.
   *
   * <p>One thread at a time: a copy that is made twice takes the place of one that somebody reads.
   *
   * @param copy one whose copy for the shared slot is there
   */
  synchronized Path own(PlannedCopy copy, Slot slot) throws IOException {
    if (slot.equals(Slot.SHARED)) {
      return pathOf(copy);
    }
    Path file = path.resolve(SlotName.of(copy.name(), slot));
    if (!Relocator.isComplete(file) || !isThere(file)) {
      Path temporary = temporaryName("numbering");
      try {
        SlotName.write(pathOf(copy), temporary, slot);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    }
    return file;
  }

  private boolean isThere(Path file) throws IOException {
    try {
      FileTime marked = Files.readAttributes(file, BasicFileAttributes.class).lastModifiedTime();
      Instant now = clock.instant();
      if (marked.toInstant().plus(MARK_EVERY).isBefore(now)) {
        mark(file, now);
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void mark(Path file, Instant now) throws IOException {
    try {
      Files.setLastModifiedTime(file, FileTime.from(now));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      // A full cache works on a read-only disk too.
      LOG.get().debug("The use of {} cannot be marked", file, e);
    }
  }

  /**
   * Makes the shared slot's copy, which appears only if the original is still the one that it was
   * planned for.
   *
   * @return false if the original has changed
   */
  boolean make(PlannedCopy copy, SlotCopies slot) throws IOException {
    Path temporary = temporaryName("making");
    try {
      Relocator.relocate(copy.original(), temporary, copy.change());
      if (!slot.isUnchanged(copy)) {
        return false;
      }
      Files.move(temporary, pathOf(copy), StandardCopyOption.ATOMIC_MOVE);
      copy.setVerified();
      return true;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Path temporaryName(String what) {
    long pid = ProcessHandle.current().pid();
    return path.resolve(
        TEMPORARY_PREFIX
            + what
            + '-'
            + pid
            + '-'
            + COUNTER.incrementAndGet()
            + '-'
            + System.nanoTime());
  }

  /** Gives a path of a folder that can be written in a run path: its own, or that of a link. */
  Path nameable(Path original) throws IOException {
    if (RunPaths.canName(original)) {
      return original;
    }
    // As a URI, since the name need not be text.
    String hash = new Fingerprint().add(original.toUri().getRawPath()).text();
    Path link = path.resolve(LINK_PREFIX + hash);
    try {
      Files.createSymbolicLink(link, original);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isSymbolicLink(link) || !Files.readSymbolicLink(link).equals(original)) {
        Path fresh = temporaryName("linking");
        Files.createSymbolicLink(fresh, original);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return link;
  }
}

package dev.ophion.bridge.copies;

import dev.ophion.bridge.log.LazyLogger;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes what a folder of copies can do without. Other processes may prune, make and use copies in
 * it at the same time.
 *
 * <p>Threading: confined to the thread that prunes.
 */
final class Pruning {

  /** Whoever was told of a copy opens it at once; longer than marks of use are left to age. */
  private static final Duration IN_USE = CopyFolder.MARK_EVERY.multipliedBy(2);

  /** Nobody takes that long between two writes. */
  private static final Duration ABANDONED = Duration.ofMinutes(10);

  private static final LazyLogger LOG = LazyLogger.of(Pruning.class);

  /** One file of the folder. */
  private record Entry(Path path, long sizeBytes, Instant used) {

    String name() {
      return String.valueOf(path.getFileName());
    }

    boolean isTemporary() {
      return name().startsWith(CopyFolder.TEMPORARY_PREFIX);
    }
  }

  private final Path folder;
  private final Instant now;

  Pruning(Path folder, Instant now) {
    this.folder = folder;
    this.now = now;
  }

  long sizeBytes() throws IOException {
    return total(entries());
  }

  /** Removes files until the rest is small enough or in use; returns how many bytes went. */
  long prune(long maximumBytes) throws IOException {
    List<Entry> entries = entries();
    long before = total(entries);
    long size = before;
    List<Entry> candidates = new ArrayList<>();
    for (Entry entry : entries) {
      if (!entry.isTemporary()) {
        candidates.add(entry);
      } else if (isAbandoned(entry) && Files.deleteIfExists(entry.path)) {
        LOG.get().info("Removed {}, left over from a process or folder that is gone", entry.path);
        size -= entry.sizeBytes;
      }
    }
    if (size <= maximumBytes) {
      return before - size;
    }
    candidates.removeIf(entry -> isInUse(entry.used));
    candidates.sort(Comparator.comparing(Entry::used));
    Set<String> mapped = mapped(candidates);
    for (Entry entry : candidates) {
      if (size > maximumBytes && !mapped.contains(entry.name()) && delete(entry)) {
        size -= entry.sizeBytes;
      }
    }
    return before - size;
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        try {
          BasicFileAttributes attributes =
              Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
          long size = attributes.isRegularFile() ? attributes.size() : 0;
          if (file.endsWith(Contents.FILE) || file.endsWith(Linkages.FILE)) {
            continue;
          }
          entries.add(new Entry(file, size, attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
          LOG.get().trace("{} was removed in between", file);
        }
      }
    }
    return entries;
  }

  private static long total(List<Entry> entries) {
    long total = 0;
    for (Entry entry : entries) {
      total += entry.sizeBytes;
    }
    return total;
  }

  /** A link to a folder of originals stays as long as they do: copies may look through it. */
  private boolean isAbandoned(Entry entry) {
    return entry.name().startsWith(CopyFolder.LINK_PREFIX)
        ? !Files.exists(entry.path)
        : entry.used.plus(ABANDONED).isBefore(now);
  }

  private boolean isInUse(Instant used) {
    return used.plus(IN_USE).isAfter(now);
  }

  private static Set<String> mapped(List<Entry> candidates) {
    Set<String> names = new HashSet<>();
    for (Entry entry : candidates) {
      names.add(entry.name());
    }
    return MappedFiles.among(names);
  }

  private boolean delete(Entry entry) throws IOException {
    try {
      // Somebody may have begun to use it while others were removed.
      return !isInUse(Files.getLastModifiedTime(entry.path).toInstant())
          && Files.deleteIfExists(entry.path);
    } catch (NoSuchFileException e) {
      return true;
    }
  }
}

package dev.ophion.bridge.copies;

import dev.ophion.bridge.relocation.ElfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What was read of libraries, so that one which many others depend on is read once.
 *
 * <p>A file that changed a moment ago may change again without a trace, within one tick of its file
 * system's clock. Such a file's content is hashed, until it has been left alone for a while.
 *
 * <p>Threading: thread-safe.
 */
final class KnownFiles {

  /** The coarsest clock of a file system, FAT's. */
  private static final Duration TICK = Duration.ofSeconds(2);

  private static final int ATTEMPTS = 10;
  private static final int CHUNK_BYTES = 1 << 16;

  /**
   * A library in one state.
   *
   * @param identity the look that it was read after
   * @param linkage what it depends on
   * @param content a hash of it if it was too young to go by its identity, else 0
   * @param settled whether it was old enough when it was last looked at
   */
  record Known(FileIdentity identity, Linkage linkage, long content, boolean settled) {

    boolean isStateOf(Known other) {
      return identity.hasContentOf(other.identity) && content == other.content;
    }
  }

  private final ConcurrentMap<FileIdentity.Place, Known> files = new ConcurrentHashMap<>();
  private final Clock clock;
  private final Linkages linkages;

  /** Uses and adds to what is kept from one process to the next. */
  KnownFiles(Clock clock, Linkages linkages) {
    this.clock = clock;
    this.linkages = linkages;
  }

  /**
   * Looks at a library, and reads it unless that was done before.
   *
   * @throws ElfException if it is none
   * @throws ChangingFileException if it is written to all the time
   * @throws IOException if it is missing or cannot be read
   */
  Known look(Path file) throws IOException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      FileIdentity now = FileIdentity.of(file);
      Known known = files.get(now.place());
      boolean same = known != null && now.hasContentOf(known.identity);
      if (known != null && same && known.settled) {
        return known;
      }
      Known fresh = read(file, now, same ? known : null);
      if (fresh != null) {
        files.put(now.place(), fresh);
        return fresh;
      }
    }
    throw new ChangingFileException(file);
  }

  /** Returns null if the file is no longer the one that was looked at. */
  private @Nullable Known read(Path file, FileIdentity now, @Nullable Known known)
      throws IOException {
    try {
      boolean settled = isSettled(now);
      if (settled && known == null) {
        return readSettled(file, now);
      }
      long content = hash(file);
      Known fresh =
          known != null && content == known.content
              ? new Known(known.identity, known.linkage, content, settled)
              : new Known(now, Linkage.read(file), content, settled);
      return FileIdentity.of(file).hasContentOf(now) ? fresh : null;
    } catch (ElfException e) {
      if (!FileIdentity.of(file).hasContentOf(now)) {
        return null;
      }
      throw e;
    }
  }

  private @Nullable Known readSettled(Path file, FileIdentity now) throws IOException {
    Linkage kept = linkages.find(now);
    if (kept != null) {
      return new Known(now, kept, 0, true);
    }
    Linkage linkage = Linkage.read(file);
    if (!FileIdentity.of(file).hasContentOf(now)) {
      return null;
    }
    linkages.add(now, linkage);
    return new Known(now, linkage, 0, true);
  }

  private boolean isSettled(FileIdentity identity) {
    Instant changed = Instant.ofEpochSecond(0, identity.changedNanos());
    return changed.plus(TICK).isBefore(clock.instant());
  }

  static long hash(Path file) throws IOException {
    CRC32 one = new CRC32();
    CRC32C other = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(buffer.clear()) >= 0) {
        one.update(buffer.flip());
        other.update(buffer.rewind());
      }
    }
    // Never 0, which says that it was not hashed.
    return one.getValue() << 32 | other.getValue() | 1;
  }
}

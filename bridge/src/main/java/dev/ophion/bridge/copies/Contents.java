package dev.ophion.bridge.copies;

import dev.ophion.bridge.log.LazyLogger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hashes of libraries' contents, by which their copies are named: the same file in another
 * container's layer has another inode and other times. What was hashed once is kept in a file
 * beside the copies, by inode and times, since hashing gigabytes takes seconds.
 *
 * <p>Threading: thread-safe, across processes too: records are only added, each by one write.
 */
final class Contents {

  static final String FILE = "contents";

  private static final LazyLogger LOG = LazyLogger.of(Contents.class);
  private static final int RECORD_BYTES = 3 * Long.BYTES;

  /** A power cut may leave records empty. */
  private static final long CHECK = 0x0f1e2d3c4b5a6978L;

  /** Some 40,000 files; what is still in use is hashed and added again. */
  private static final long LARGEST_BYTES = 1 << 20;

  private final Path file;
  private final Map<Long, Long> known;

  private Contents(Path file, Map<Long, Long> known) {
    this.file = file;
    this.known = known;
  }

  /** Reads what is known; what cannot be read is worked out again. */
  static Contents in(Path folder) {
    Path file = folder.resolve(FILE);
    Map<Long, Long> known = new ConcurrentHashMap<>();
    try {
      if (Files.size(file) > LARGEST_BYTES) {
        Files.delete(file);
      }
      ByteBuffer records = ByteBuffer.wrap(Files.readAllBytes(file));
      while (records.remaining() >= RECORD_BYTES) {
        long key = records.getLong();
        long content = records.getLong();
        if (records.getLong() == (key ^ content ^ CHECK)) {
          known.put(key, content);
        }
      }
    } catch (NoSuchFileException e) {
      LOG.get().trace("Nothing is known of contents yet", e);
    } catch (IOException e) {
      LOG.get().debug("What is known of contents cannot be read", e);
    }
    return new Contents(file, known);
  }

  /**
   * Returns the hash of a library's content.
   *
   * @param library what was seen of it
   * @throws ChangingFileException if it is another one by now
   * @throws IOException if it cannot be read
   */
  long of(Path path, KnownFiles.Known library) throws IOException {
    if (library.content() != 0) {
      // Too young to be known by its identity.
      return library.content();
    }
    FileIdentity identity = library.identity();
    long key = identity.key();
    Long content = known.get(key);
    if (content == null) {
      content = KnownFiles.hash(path);
      if (!FileIdentity.of(path).hasContentOf(identity)) {
        throw new ChangingFileException(path);
      }
      known.put(key, content);
      remember(key, content);
    }
    return content;
  }

  private void remember(long key, long content) {
    ByteBuffer bytes = ByteBuffer.allocate(RECORD_BYTES);
    bytes.putLong(key).putLong(content).putLong(key ^ content ^ CHECK).flip();
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(bytes);
    } catch (IOException e) {
      // A full cache works on a read-only disk too: what is new is hashed by each process.
      LOG.get().debug("The content of a library cannot be remembered", e);
    }
  }
}

package dev.ophion.bridge.copies;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
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

  private static final int RECORD_BYTES = 3 * Long.BYTES;

  /** A power cut may leave records empty. */
  private static final long CHECK = 0x0f1e2d3c4b5a6978L;

  /** Some 40,000 files; what is still in use is hashed and added again. */
  private static final long LARGEST_BYTES = 1 << 20;

  private final RecordFile file;
  private final Map<Long, Long> known = new ConcurrentHashMap<>();

  private Contents(RecordFile file) {
    this.file = file;
  }

  /** Reads what is known. */
  static Contents in(Path folder) {
    RecordFile file = new RecordFile(folder.resolve(FILE), LARGEST_BYTES);
    Contents contents = new Contents(file);
    ByteBuffer records = ByteBuffer.wrap(file.read());
    while (records.remaining() >= RECORD_BYTES) {
      long key = records.getLong();
      long content = records.getLong();
      if (records.getLong() == (key ^ content ^ CHECK)) {
        contents.known.put(key, content);
      }
    }
    return contents;
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
    file.add(bytes.putLong(key).putLong(content).putLong(key ^ content ^ CHECK).array());
  }
}

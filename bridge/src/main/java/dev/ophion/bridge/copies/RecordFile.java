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
import java.util.Set;

/**
 * A file that records are added to, of what was worked out and can be worked out again: it may be
 * missing, unreadable, or impossible to add to, and is deleted when it has grown large; what is
 * still in use then comes back to it.
 *
 * <p>Threading: thread-safe, across processes too: a record is added by one write.
 */
final class RecordFile {

  private static final LazyLogger LOG = LazyLogger.of(RecordFile.class);

  private final Path path;
  private final long largestBytes;

  RecordFile(Path path, long largestBytes) {
    this.path = path;
    this.largestBytes = largestBytes;
  }

  /**
   * Returns all records, of which a killed process or a power cut may have left incomplete ones.
   */
  byte[] read() {
    try {
      if (Files.size(path) > largestBytes) {
        Files.delete(path);
      }
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      LOG.get().trace("Nothing is known of libraries yet", e);
    } catch (IOException e) {
      LOG.get().debug("What is known of libraries cannot be read", e);
    }
    return new byte[0];
  }

  void add(byte[] record) {
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(record));
    } catch (IOException e) {
      // A full cache works on a read-only disk too: what is new is worked out by each process.
      LOG.get().debug("What is new of a library cannot be remembered", e);
    }
  }
}

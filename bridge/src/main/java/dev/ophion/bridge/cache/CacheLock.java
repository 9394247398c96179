package dev.ophion.bridge.cache;

import dev.ophion.StartException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to a cache folder, held by one thread of one process.
 *
 * <p>Two locks in this order. The file lock keeps other processes out and ends with its process,
 * also with a killed one. But it belongs to the whole process, and POSIX drops it as soon as the
 * process closes <em>any</em> descriptor of the file, so nobody in this JVM may even open the file
 * while it is held. A system property keeps them out: the one table that all class loaders share,
 * with an atomic put-if-absent.
 *
 * <p>Threading: {@link #acquire} from any thread; {@link #close} once, by the holder.
 */
public final class CacheLock implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CacheLock.class);
  private static final String FILE = ".lock";
  private static final long POLL_MILLIS = 20;

  private final Path cache;
  private final String property;
  private final FileChannel channel;

  private CacheLock(Path cache, String property, FileChannel channel) {
    this.cache = cache;
    this.property = property;
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @throws StartException if it is still held after {@code patience}, the thread is interrupted,
   *     or the folder cannot be written
   */
  public static CacheLock acquire(Path cache, Duration patience) {
    Path file = cache.resolve(FILE);
    Waiting waiting = new Waiting(file, patience);
    String property = "dev.ophion.cache.held:" + file;
    while (System.getProperties().putIfAbsent(property, "true") != null) {
      waiting.pause("another thread of this process");
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      while (tryLock(channel) == null) {
        waiting.pause(holder(channel));
      }
      channel.truncate(0);
      channel.write(
          StandardCharsets.US_ASCII.encode("process " + ProcessHandle.current().pid()), 0);
      return new CacheLock(cache, property, channel);
    } catch (IOException e) {
      release(property, channel);
      throw CacheDirectory.failure("Cannot lock the cache with " + file, e, cache, 1 << 20);
    } catch (RuntimeException | Error e) {
      release(property, channel);
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Code that does not know the property holds it in this JVM: as good as another process.
      return null;
    }
  }

  /** Returns the folder that the holder may write to. */
  public Path cache() {
    return cache;
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer name = ByteBuffer.allocate(64);
    channel.read(name, 0);
    String text = StandardCharsets.US_ASCII.decode(name.flip()).toString();
    return text.isEmpty() ? "another process" : text;
  }

  @Override
  public void close() {
    release(property, channel);
  }

  private static void release(String property, @Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.debug("Closing the lock file failed", e);
    } finally {
      System.getProperties().remove(property);
    }
  }

  /** One caller's wait: says once that it waits, and ends at the deadline. */
  private static final class Waiting {
    private final Path file;
    private final Duration patience;
    private final long start = System.nanoTime();
    private boolean told;

    Waiting(Path file, Duration patience) {
      this.file = file;
      this.patience = patience;
    }

    void pause(String holder) {
      if (!told) {
        told = true;
        LOG.info("Waiting for {}, which writes to {}", holder, file.getParent());
      }
      if (System.nanoTime() - start >= patience.toNanos()) {
        throw new StartException(
            "Waited "
                + patience.toSeconds()
                + " s for "
                + holder
                + " to release "
                + file
                + ". End that process if it hangs."
                + CacheDirectory.REMEDY);
      }
      try {
        // The lock is another process's: the JDK waits for it without a deadline or not at all.
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StartException("Interrupted while waiting for " + file, e);
      }
    }
  }
}

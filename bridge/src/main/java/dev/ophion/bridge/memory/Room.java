package dev.ophion.bridge.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses memory for which there is no room before it is reserved: Linux lets a memfd grow until
 * its OOM killer ends processes, and a file until nobody on the disk can write. What others take at
 * the same time cannot be known. Stateless.
 */
final class Room {

  private static final Logger LOG = LoggerFactory.getLogger(Room.class);

  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("(?:MemAvailable|SwapFree): +(\\d+) kB");

  /** As the system's own refusals look: the number is {@code ENOMEM}. */
  private static final String NO_MEMORY = "errno 12 (%d bytes are available)";

  /** {@code ENOSPC}. */
  private static final String NO_SPACE = "errno 28 (%d bytes are free there)";

  private Room() {}

  /** For memory that only RAM and swap can hold. */
  static void requireMemory(long sizeBytes) {
    long available = 0;
    try {
      Matcher found = AVAILABLE.matcher(Files.readString(MEMORY));
      while (found.find()) {
        available += Long.parseLong(found.group(1)) * 1024;
      }
    } catch (IOException e) {
      LOG.debug("{} cannot be read, so nobody knows how much memory there is", MEMORY, e);
      return;
    }
    require(sizeBytes, available, NO_MEMORY);
  }

  /** For a file that does not exist yet. */
  static void requireDisk(Path file, long sizeBytes) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return; // making the file says why not
    }
    try {
      require(sizeBytes, Files.getFileStore(folder).getUsableSpace(), NO_SPACE);
    } catch (IOException e) {
      LOG.debug("Nobody knows how much room there is in {}", folder, e);
    }
  }

  private static void require(long sizeBytes, long available, String refusal) {
    if (sizeBytes > available) {
      throw new IllegalStateException(refusal.formatted(available));
    }
  }
}

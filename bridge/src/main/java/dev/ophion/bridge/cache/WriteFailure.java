package dev.ophion.bridge.cache;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import org.jspecify.annotations.Nullable;

/**
 * Why a folder of the cache could not be written, as the end of a message: the figures that matter
 * for it, and the remedy. Stateless.
 */
public final class WriteFailure {

  // The JDK passes on the system's text. In other languages nothing is found, and both remedies
  // are named.
  private static final String[] NO_ROOM = {
    "No space left",
    "Disk quota exceeded",
    "File too large",
    "[Errno 28]",
    "[Errno 122]",
    "[Errno 27]"
  };
  private static final String[] NO_RIGHT = {
    "Read-only file system",
    "Permission denied",
    "Operation not permitted",
    "[Errno 30]",
    "[Errno 13]"
  };

  private WriteFailure() {}

  /**
   * Explains a failure.
   *
   * @param folder what was written to
   * @param neededBytes about how much was to be written
   * @return one or more sentences, with a blank before each
   */
  public static String explain(Path folder, Throwable cause, long neededBytes) {
    if (isOf(cause, NO_RIGHT) || isRefusal(cause)) {
      return noRight(folder) + CacheDirectory.REMEDY;
    }
    if (isOf(cause, NO_ROOM)) {
      return noRoom(folder, neededBytes) + CacheDirectory.REMEDY;
    }
    return noRoom(folder, neededBytes) + noRight(folder) + CacheDirectory.REMEDY;
  }

  private static String noRoom(Path folder, long neededBytes) {
    return " It takes about "
        + neededBytes
        + " bytes"
        + free(folder)
        + ": make room there, or raise the quota or the limit (ulimit -f), see errors.md#room.";
  }

  private static String noRight(Path folder) {
    return " This process runs as the user "
        + System.getProperty("user.name")
        + " and has to be allowed to write to "
        + folder
        + ": change its owner, or mount it writable.";
  }

  private static String free(Path folder) {
    try {
      return ", and " + Files.getFileStore(folder).getUsableSpace() + " are free";
    } catch (IOException e) {
      // The message has the first failure, which counts.
      return "";
    }
  }

  private static boolean isRefusal(@Nullable Throwable cause) {
    return cause != null
        && (cause instanceof AccessDeniedException
            || cause instanceof ReadOnlyFileSystemException
            || isRefusal(cause.getCause()));
  }

  private static boolean isOf(@Nullable Throwable cause, String[] texts) {
    if (cause == null) {
      return false;
    }
    String message = cause.getMessage();
    for (String text : texts) {
      if (message != null && message.contains(text)) {
        return true;
      }
    }
    return isOf(cause.getCause(), texts);
  }
}

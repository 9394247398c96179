package dev.ophion.bridge.cache;

import dev.ophion.StartException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which folder the cache is, and whether it can be trusted: code from it is loaded into the
 * process, so nobody else may be able to change it. Stateless.
 */
public final class CacheDirectory {

  static final String PROPERTY = "dev.ophion.cache";
  static final String VARIABLE = "OPHION_CACHE";

  /** The end of a message about the cache folder: how to choose another one. */
  public static final String REMEDY =
      " To use another folder, set the system property "
          + PROPERTY
          + " or the environment variable "
          + VARIABLE
          + " (errors.md#cache-folder).";

  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int ROOT = 0;

  private CacheDirectory() {}

  /** Chooses the default from lookups of system properties and environment variables. */
  public static Path defaultDirectory(
      UnaryOperator<@Nullable String> property, UnaryOperator<@Nullable String> variable) {
    for (@Nullable String chosen :
        new @Nullable String[] {property.apply(PROPERTY), variable.apply(VARIABLE)}) {
      if (chosen != null && !chosen.isBlank()) {
        try {
          return Path.of(chosen).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
          // In the C locale Java 17 cannot write names outside ASCII.
          throw new StartException("The cache folder \"" + chosen + "\" is no valid path", e);
        }
      }
    }
    Path xdg = absolute(variable.apply("XDG_CACHE_HOME"));
    if (xdg != null) {
      return xdg.resolve("ophion");
    }
    // In a container whose user has no passwd entry, user.home is "?".
    Path home = absolute(property.apply("user.home"));
    if (home == null) {
      home = absolute(variable.apply("HOME"));
    }
    if (home == null) {
      throw new StartException("This user has no home folder to keep the cache in." + REMEDY);
    }
    return home.resolve(".cache").resolve("ophion");
  }

  private static @Nullable Path absolute(@Nullable String text) {
    // The XDG specification has relative paths ignored.
    return text != null && text.startsWith("/") ? Path.of(text).normalize() : null;
  }

  /**
   * Creates the folder for its owner alone, or checks the one that is there. Writes nothing if it
   * is there, so that a filled cache works on a read-only disk.
   *
   * @return its real path
   * @throws StartException if it cannot be created or is not to be trusted
   */
  public static Path prepare(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, ownerOnly());
      }
      Path real = directory.toRealPath();
      requireTrusted(real);
      return real;
    } catch (IOException e) {
      throw failure("Cannot create the cache folder " + directory, e);
    }
  }

  /**
   * Makes the failure to write a folder into an exception that says what to do.
   *
   * @param folder what was written to
   * @param neededBytes about how much was to be written
   */
  public static StartException failure(
      String what, IOException cause, Path folder, long neededBytes) {
    return new StartException(
        reason(what, cause) + "." + WriteFailure.explain(folder, cause, neededBytes), cause);
  }

  /** Makes an {@link IOException} into an exception that says what to do. */
  public static StartException failure(String what, IOException cause) {
    return new StartException(reason(what, cause) + "." + REMEDY, cause);
  }

  private static String reason(String what, IOException cause) {
    String reason =
        cause instanceof FileSystemException file && file.getReason() != null
            ? file.getReason()
            : cause.getMessage();
    String text = reason == null ? "" : " (" + reason + ")";
    return what + ": " + cause.getClass().getSimpleName() + text;
  }

  /** Returns the attributes that make a new folder its owner's alone. */
  public static FileAttribute<?>[] ownerOnly() {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
    };
  }

  /**
   * Refuses a folder that somebody else can change.
   *
   * @throws StartException if it belongs to another user or others may write to it
   */
  public static void requireTrusted(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      Map<String, Object> attributes = Files.readAttributes(folder, "unix:uid,mode");
      requireTrusted(folder, number(attributes, "uid"), number(attributes, "mode"), userId());
    }
  }

  private static int number(Map<String, Object> attributes, String name) {
    return (Integer) Objects.requireNonNull(attributes.get(name));
  }

  /** As above; root is trusted beside the user, for caches filled while an image was built. */
  static void requireTrusted(Path folder, int owner, int mode, int user) {
    if (owner != user && owner != ROOT) {
      throw new StartException(
          "The cache folder "
              + folder
              + " belongs to user "
              + owner
              + ", this process runs as user "
              + user
              + "; expected a folder of the same user."
              + REMEDY);
    }
    if ((mode & WRITABLE_BY_OTHERS) != 0) {
      throw new StartException(
          "Users other than its owner can write to the cache folder "
              + folder
              + " (mode "
              + Integer.toOctalString(mode & 07777)
              + "). Take that right away with: chmod go-w '"
              + folder
              + "'."
              + REMEDY);
    }
  }

  /** The user that files are created as. The owner of /proc/self is root for some processes. */
  private static int userId() throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    int start = status.indexOf("\nUid:") + 1;
    int end = status.indexOf('\n', start);
    if (start == 0 || end < 0) {
      throw new IOException("/proc/self/status does not name the user");
    }
    return Integer.parseUnsignedInt(status.substring(status.lastIndexOf('\t', end) + 1, end));
  }
}

package dev.ophion;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where shared memory lies, and whether it may be written. Immutable; what sets something returns
 * further options. From {@link SharedMemory#options()}.
 */
public final class SharedMemoryOptions {

  /** What is behind the memory. */
  public enum Backing {
    /** Memory of this process alone. */
    PROCESS,
    /** A POSIX name ({@code shm_open}). */
    NAME,
    /** A file. */
    FILE,
    /** A sealed file without a name ({@code memfd_create}). */
    MEMFD
  }

  static final SharedMemoryOptions DEFAULTS =
      new SharedMemoryOptions(Backing.PROCESS, null, null, Access.WRITABLE);

  /** {@code NAME_MAX}; the slash before it does not count. */
  private static final int MAX_NAME_BYTES = 255;

  private final Backing backing;
  private final Optional<String> name;
  private final Optional<Path> file;
  private final Access access;

  private SharedMemoryOptions(
      Backing backing, @Nullable String name, @Nullable Path file, Access access) {
    this.backing = backing;
    this.name = Optional.ofNullable(name);
    this.file = Optional.ofNullable(file);
    this.access = access;
  }

  /**
   * Gives the memory a POSIX name, by which other processes of the same user attach to it, such as
   * {@code multiprocessing.shared_memory.SharedMemory(name=..., track=False)} in Python. Without
   * {@code track=False} the child's resource tracker removes the name when the child ends; the
   * memory stays.
   *
   * @param posixName without the slash; up to 255 bytes
   * @return further options
   * @throws IllegalArgumentException if it is empty, too long, or holds a slash or a zero
   */
  public SharedMemoryOptions named(String posixName) {
    return new SharedMemoryOptions(Backing.NAME, checkedName(posixName), null, access);
  }

  /**
   * Maps a file. To attach to a memfd of another process, name its {@link SharedMemory#path()}.
   *
   * @param path a file that does not exist, for {@link #allocate}, or exists, for {@link #open}
   * @return further options
   */
  public SharedMemoryOptions file(Path path) {
    return new SharedMemoryOptions(Backing.FILE, null, path.toAbsolutePath(), access);
  }

  /**
   * Makes the memory a file without a name that can never be shrunk ({@code F_SEAL_SHRINK}), so
   * that no process that has it can do harm to this one by that. Others map it by its {@link
   * SharedMemory#path()}.
   *
   * @return further options
   */
  public SharedMemoryOptions memfd() {
    return new SharedMemoryOptions(Backing.MEMFD, null, null, access);
  }

  /**
   * Sets what this process may do with memory that it opens.
   *
   * @param allowed {@link Access#WRITABLE} unless set
   * @return further options
   */
  public SharedMemoryOptions access(Access allowed) {
    return new SharedMemoryOptions(
        backing, name.orElse(null), file.orElse(null), Objects.requireNonNull(allowed, "allowed"));
  }

  /**
   * Makes zeroed memory, and its name or file. All of its room is taken at once, so that a full
   * file system shows here and not at a later write.
   *
   * @param dtype the type of the elements
   * @param shape the length of each dimension; none for a single element
   * @return a writable, C-contiguous array; the caller closes it
   * @throws IllegalArgumentException if a length is negative or the size exceeds 2^63 - 1 bytes, or
   *     the access is read-only
   * @throws SharedMemoryException if the name or file exists, or there is not enough memory
   */
  public SharedMemory allocate(DType dtype, long... shape) {
    if (access == Access.READ_ONLY) {
      throw new IllegalArgumentException(
          "New shared memory that is read-only would stay zero: leave the access out of the"
              + " options, or open memory that exists.");
    }
    return Providers.provider().allocateSharedMemory(this, dtype, shape.clone());
  }

  /**
   * Attaches to memory that exists, of this or another process. The memory may be larger than what
   * is asked for, and is seen from its start.
   *
   * @param dtype the type of the elements
   * @param shape the length of each dimension; none for a single element
   * @return a C-contiguous array over the same memory; the caller closes it
   * @throws IllegalArgumentException if a length is negative, the size exceeds 2^63 - 1 bytes or
   *     that of the memory, or the options have neither name nor file
   * @throws SharedMemoryException if there is no such name or file, or it may not be accessed
   */
  public SharedMemory open(DType dtype, long... shape) {
    if (backing != Backing.NAME && backing != Backing.FILE) {
      throw new IllegalArgumentException(
          "Only memory with a name or a file can be opened: set named(...) or file(...); for a"
              + " memfd, file(...) with its path().");
    }
    return Providers.provider().openSharedMemory(this, dtype, shape.clone());
  }

  /**
   * What is behind the memory.
   *
   * @return {@link Backing#PROCESS} unless set
   */
  public Backing backing() {
    return backing;
  }

  /**
   * The POSIX name.
   *
   * @return without its slash, or empty
   */
  public Optional<String> name() {
    return name;
  }

  /**
   * The file.
   *
   * @return an absolute path, or empty
   */
  public Optional<Path> file() {
    return file;
  }

  /**
   * What this process may do with it.
   *
   * @return {@link Access#WRITABLE} unless set
   */
  public Access access() {
    return access;
  }

  static String checkedName(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    boolean isRelative = name.equals(".") || name.equals("..");
    if (bytes == 0
        || bytes > MAX_NAME_BYTES
        || isRelative
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "'%s' cannot name shared memory: take 1 to %d bytes without a slash or a zero."
              .formatted(name, MAX_NAME_BYTES));
    }
    return name;
  }

  @Override
  public String toString() {
    return "SharedMemoryOptions[backing=%s, name=%s, file=%s, access=%s]"
        .formatted(backing, name, file, access);
  }
}

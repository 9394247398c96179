package dev.ophion.bridge.memory;

import dev.ophion.Access;
import dev.ophion.SharedMemoryOptions;
import dev.ophion.SharedMemoryOptions.Backing;
import dev.ophion.natives.Host;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that the system has mapped for the runtime. It is unmapped with the last count of its
 * {@link #lease}, and loses the POSIX name that it was made with then, or when the JVM exits.
 *
 * <p>Thread-safe.
 */
public final class Mapping implements MemoryOwner {

  private static final Logger LOG = LoggerFactory.getLogger(Mapping.class);

  private final SharedMemoryOptions options;
  private final long address;
  private final long sizeBytes;

  /** The descriptor of a memfd, by which others find it; -1 for all others. */
  private final int file;

  private final Lease lease;

  private Mapping(SharedMemoryOptions options, int file, long sizeBytes) {
    this.options = options;
    this.sizeBytes = sizeBytes;
    this.file = options.backing() == Backing.MEMFD ? file : -1;
    address = Host.mapMemory(file, mappedBytes(sizeBytes), options.access() == Access.WRITABLE);
    lease = LeaseTable.ofRuntime(this, sizeBytes);
  }

  /** There is no mapping of no bytes. */
  private static long mappedBytes(long sizeBytes) {
    return Math.max(1, sizeBytes);
  }

  /**
   * Makes zeroed memory.
   *
   * @param options where it lies
   * @param sizeBytes its size
   * @return the mapping; the caller drops its lease
   * @throws dev.ophion.SharedMemoryException if the system refuses
   */
  public static Mapping allocate(SharedMemoryOptions options, long sizeBytes) {
    try {
      return options.backing() == Backing.PROCESS
          ? new Mapping(options, -1, sizeBytes)
          : create(options, sizeBytes);
    } catch (RuntimeException failure) {
      throw MappingFailures.notMade(options, sizeBytes, failure);
    }
  }

  private static Mapping create(SharedMemoryOptions options, long sizeBytes) {
    if (options.backing() != Backing.FILE) {
      Room.requireMemory(sizeBytes);
    } else {
      Room.requireDisk(options.file().orElseThrow(), sizeBytes);
    }
    int file = Host.openMemory(kindOf(options), systemName(options), true, true);
    try {
      Host.reserveMemory(file, mappedBytes(sizeBytes));
      if (options.backing() == Backing.MEMFD) {
        Host.sealMemory(file);
      }
      Mapping made = new Mapping(options, file, sizeBytes);
      if (options.backing() == Backing.NAME) {
        MadeNames.add(made);
      }
      if (made.file < 0) {
        Host.closeMemory(file);
      }
      return made;
    } catch (RuntimeException failure) {
      Host.closeMemory(file);
      remove(options);
      throw failure;
    }
  }

  /** Takes back what was made for memory that could not be mapped. */
  private static void remove(SharedMemoryOptions options) {
    if (options.backing() == Backing.NAME) {
      Host.unlinkMemory(systemName(options));
    } else if (options.file().isPresent() && !options.file().get().toFile().delete()) {
      LOG.warn(
          "The file {} was made for shared memory and cannot be removed", options.file().get());
    }
  }

  /**
   * Attaches to memory that exists.
   *
   * @param options where it lies: a name or a file
   * @param sizeBytes how much of it is used
   * @return the mapping; the caller drops its lease
   * @throws dev.ophion.SharedMemoryException if the system refuses
   * @throws IllegalArgumentException if it is smaller than that
   */
  public static Mapping open(SharedMemoryOptions options, long sizeBytes) {
    boolean writable = options.access() == Access.WRITABLE;
    try {
      int file = Host.openMemory(kindOf(options), systemName(options), false, writable);
      try {
        long present = Host.memorySize(file);
        if (present < sizeBytes) {
          throw MappingFailures.tooSmall(options, sizeBytes, present);
        }
        if (writable && sizeBytes > 0) {
          Host.reserveMemory(file, sizeBytes);
        }
        return new Mapping(options, file, sizeBytes);
      } finally {
        Host.closeMemory(file);
      }
    } catch (IllegalArgumentException tooSmall) {
      throw tooSmall;
    } catch (RuntimeException failure) {
      throw MappingFailures.notOpened(options, failure);
    }
  }

  /**
   * Removes a POSIX name.
   *
   * @param name without its slash
   * @return {@code false} if there was none
   * @throws dev.ophion.SharedMemoryException if the system refuses
   */
  public static boolean unlink(String name) {
    try {
      return Host.unlinkMemory("/" + name);
    } catch (RuntimeException failure) {
      throw MappingFailures.notUnlinked(name, failure);
    }
  }

  private static int kindOf(SharedMemoryOptions options) {
    return switch (options.backing()) {
      case NAME -> Host.NAMED_MEMORY;
      case FILE -> Host.FILE_MEMORY;
      case MEMFD, PROCESS -> Host.MEMFD_MEMORY;
    };
  }

  private static String systemName(SharedMemoryOptions options) {
    return options
        .name()
        .map(name -> "/" + name)
        .or(() -> options.file().map(Path::toString))
        .orElse("ophion");
  }

  /**
   * Returns where the memory is.
   *
   * @return the address of its first page
   */
  public long address() {
    return address;
  }

  /**
   * Returns the lease on the memory. Its first count belongs to whoever made the mapping.
   *
   * @return the lease
   */
  public Lease lease() {
    return lease;
  }

  /**
   * Returns its POSIX name.
   *
   * @return without its slash, or empty
   */
  public Optional<String> name() {
    return options.name();
  }

  /**
   * Returns the file by which other processes find it.
   *
   * @return an absolute path, or empty if they cannot
   */
  public Optional<Path> path() {
    return switch (options.backing()) {
      case PROCESS -> Optional.empty();
      case NAME -> options.name().map(Path.of("/dev/shm")::resolve);
      case FILE -> options.file();
      case MEMFD ->
          Optional.of(Path.of("/proc/%d/fd/%d".formatted(ProcessHandle.current().pid(), file)));
    };
  }

  @Override
  public void takeBack(Lease ended) {
    try {
      unlink();
      if (file >= 0) {
        Host.closeMemory(file);
      }
      Host.unmapMemory(address, mappedBytes(sizeBytes));
    } catch (RuntimeException failure) {
      LOG.error("Memory of the runtime was not given back: {}", this, failure);
    }
  }

  /** Removes the name if it is this one's to remove; once. */
  void unlink() {
    if (!MadeNames.remove(this)) {
      return;
    }
    try {
      Host.unlinkMemory(systemName(options));
    } catch (RuntimeException failure) {
      LOG.warn("The name of {} was not removed", this, failure);
    }
  }

  @Override
  public String toString() {
    String where = path().map(path -> " at " + path).orElse("");
    return "%d bytes of shared memory%s".formatted(sizeBytes, where);
  }

  /** Only for messages. */
  static String describe(SharedMemoryOptions options) {
    return switch (options.backing()) {
      case PROCESS -> "Shared memory";
      case NAME -> "Shared memory named '%s'".formatted(options.name().orElseThrow());
      case FILE -> "Shared memory in the file %s".formatted(options.file().orElseThrow());
      case MEMFD -> "Shared memory in a memfd";
    };
  }
}

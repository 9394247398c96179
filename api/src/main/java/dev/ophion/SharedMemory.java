package dev.ophion;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An array in memory that no interpreter owns: page-aligned, zeroed when it is new, of any size
 * that the system has. It may be passed to any number of interpreters, which all see the same
 * memory and may write to it; it arrives as every {@link NdArray} does. Needs no running {@link
 * Python}.
 *
 * <pre>{@code
 * try (SharedMemory scores = SharedMemory.allocate(DType.FLOAT64, 1_000, 8)) {
 *   first.set("scores", scores);
 *   second.set("scores", scores);
 * }
 * }</pre>
 *
 * <p><b>Threading:</b> thread-safe. Two writers of one element at once are a data race that the
 * users have to order, as are a reader and a writer.
 *
 * <p><b>Ownership:</b> who makes it closes it. Closing gives this object's claim back; the memory
 * is unmapped when nothing uses it any more, neither an interpreter nor a {@code ByteBuffer}, by
 * whoever lets go last. Interpreters that use it do not hold up each other's end. One that is
 * garbage-collected instead of closed is closed by then, with a warning.
 *
 * <p><b>Other processes</b> reach the memory by its name, its file or its descriptor if {@link
 * SharedMemoryOptions} asked for one. A POSIX name ({@link SharedMemoryOptions#named}) is removed
 * when this process's use of the memory ends, at the latest when the JVM exits; after a {@code kill
 * -9} it stays in {@code /dev/shm} until {@link #unlink} or a restart of the machine. A file is the
 * user's and is never removed. A process that <em>shrinks</em> a named segment or a file makes
 * every access behind its new end fail with {@code SIGBUS}, which ends a JVM inside native code; a
 * memfd is sealed against that ({@code F_SEAL_SHRINK}). So give names and files to trusted
 * processes only, and a memfd to the others.
 */
public interface SharedMemory extends NdArray {

  /**
   * Makes zeroed memory of this process alone.
   *
   * @param dtype the type of the elements
   * @param shape the length of each dimension; none for a single element
   * @return a writable, C-contiguous array; the caller closes it
   * @throws IllegalArgumentException if a length is negative or the size exceeds 2^63 - 1 bytes
   * @throws SharedMemoryException if the system has not enough memory
   */
  static SharedMemory allocate(DType dtype, long... shape) {
    return options().allocate(dtype, shape);
  }

  /**
   * Returns options for memory that other processes can reach too.
   *
   * @return options for memory of this process alone
   */
  static SharedMemoryOptions options() {
    return SharedMemoryOptions.DEFAULTS;
  }

  /**
   * Removes a POSIX name that a killed process has left. Whoever has that memory mapped keeps it.
   *
   * @param name as in {@link SharedMemoryOptions#named}
   * @return {@code false} if there was no such name
   * @throws SharedMemoryException if the system refuses
   */
  static boolean unlink(String name) {
    return Providers.provider().unlinkSharedMemory(SharedMemoryOptions.checkedName(name));
  }

  /**
   * Returns the POSIX name by which other processes attach to it, in Python by {@code
   * multiprocessing.shared_memory.SharedMemory(name=..., track=False)}.
   *
   * @return the name without its slash, or empty if it has none
   */
  Optional<String> name();

  /**
   * Returns the file by which other processes of the same user map it, as long as this one lives
   * and uses the memory: the file it was made with, {@code /dev/shm/<name>}, or {@code
   * /proc/<pid>/fd/<n>} for a memfd.
   *
   * @return an absolute path, or empty for memory of this process alone
   */
  Optional<Path> path();
}

package dev.ophion.spi;

import dev.ophion.DType;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.SharedMemory;
import dev.ophion.SharedMemoryOptions;

/**
 * Starts the runtime and maps memory; implemented by the artifact {@code ophion-bridge}.
 * Thread-safe.
 */
public interface PythonProvider {

  /**
   * Returns the runtime of this JVM, starting it if there is none.
   *
   * @param options how to start it
   * @return the running runtime
   * @throws dev.ophion.StartException if it cannot be started, or runs with other options
   */
  Python start(PythonOptions options);

  /**
   * Makes shared memory; needs no running runtime.
   *
   * @param options where it lies
   * @param dtype the type of the elements
   * @param shape the length of each dimension; the callee keeps it
   * @return the memory; the caller closes it
   */
  SharedMemory allocateSharedMemory(SharedMemoryOptions options, DType dtype, long[] shape);

  /**
   * Attaches to shared memory; needs no running runtime.
   *
   * @param options where it lies
   * @param dtype the type of the elements
   * @param shape the length of each dimension; the callee keeps it
   * @return the memory; the caller closes it
   */
  SharedMemory openSharedMemory(SharedMemoryOptions options, DType dtype, long[] shape);

  /**
   * Removes the POSIX name of shared memory.
   *
   * @param name without its slash
   * @return {@code false} if there was none
   */
  boolean unlinkSharedMemory(String name);
}

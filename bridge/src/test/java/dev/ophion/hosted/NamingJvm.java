package dev.ophion.hosted;

import dev.ophion.DType;
import dev.ophion.SharedMemory;

/** Makes named shared memory, says so, and ends in its own way when it is told to. */
final class NamingJvm {

  private NamingJvm() {}

  /**
   * Runs until a line comes in, then exits without closing anything.
   *
   * @param arguments the name
   */
  public static void main(String... arguments) throws Exception {
    SharedMemory memory = SharedMemory.options().named(arguments[0]).allocate(DType.INT64, 16);
    memory.asLongBuffer().put(3, 42);
    System.out.println("made");
    if (System.in.read() >= 0) {
      System.exit(0);
    }
  }
}

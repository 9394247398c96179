package dev.ophion.bridge.memory;

/** The owner of memory that others use: an interpreter, or a mapping of the runtime. */
public interface MemoryOwner {

  /**
   * Takes memory back whose last count has gone, an interpreter on its carrier a little later. Any
   * thread; neither waits nor throws, and allocates nothing.
   *
   * @param lease the lease that has ended
   */
  void takeBack(Lease lease);

  /**
   * Returns whether it has given up what no lease was known for, since it ends.
   *
   * @return {@code true} if pins that were not leased before are gone
   */
  default boolean hasForgotten() {
    return false;
  }
}

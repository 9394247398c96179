package dev.ophion.bridge.transfer;

import dev.ophion.bridge.memory.Lease;

/**
 * Takes over what a reply refers to, in its order. Until its user says that all is in the hands of
 * an object, it gives back what it has taken over when the reading fails.
 */
public interface Adopter {

  /**
   * Takes over a pin of the interpreter that has replied.
   *
   * @param pin its number
   * @param sizeBytes the size of the memory
   * @return a new lease that owns the pin
   */
  Lease adoptPin(long pin, long sizeBytes);

  /**
   * Takes over a count of a lease.
   *
   * @param lease its number
   * @return the lease
   */
  Lease adoptCount(long lease);
}

package dev.ophion;

import java.util.List;

/**
 * A Python object in transit: pickle protocol 5 bytes plus its out-of-band buffers (PEP 574), which
 * stay where they are, pinned in the interpreter that dumped them.
 *
 * <p><b>Threading:</b> thread-safe.
 *
 * <p><b>Ownership:</b> who dumps it closes it. Closing gives back the payload's own claim on the
 * buffers; what was loaded from it, and {@link java.nio.ByteBuffer}s taken from it, keep the memory
 * alive on their own. A payload that is garbage-collected instead is closed by then.
 */
public interface Payload extends AutoCloseable {

  /**
   * Returns the out-of-band buffers, in the order in which pickle met them.
   *
   * @return an unmodifiable list
   * @throws IllegalStateException if the payload is closed
   */
  List<SharedBuffer> buffers();

  /**
   * Returns the size of the pickle itself: what every load reads and parses again.
   *
   * @return bytes
   */
  long inBandBytes();

  /**
   * Returns the size of all out-of-band buffers: what crosses without a copy.
   *
   * @return bytes
   */
  long outOfBandBytes();

  /**
   * Returns what receivers may do with the buffers.
   *
   * @return the access given to the dump
   */
  Access access();

  /** Gives the payload's claim back. Idempotent, from any thread. */
  @Override
  void close();
}

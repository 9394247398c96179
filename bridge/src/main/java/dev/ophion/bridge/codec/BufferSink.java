package dev.ophion.bridge.codec;

/** Takes the description of memory that is lent to Python. */
@FunctionalInterface
public interface BufferSink {

  /**
   * Writes it into the request.
   *
   * @param lease the lease that the request holds on it; see {@code kBuffer} of {@code wire.h}
   * @param memory where it is and what it holds
   */
  void put(long lease, Memory memory);
}

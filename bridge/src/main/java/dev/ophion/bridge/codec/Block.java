package dev.ophion.bridge.codec;

import dev.ophion.natives.Host;

/**
 * Memory for one large request, outside of the Java heap and of the JVM's account of direct memory.
 * Confined to one thread at a time; who has it closes it.
 */
public final class Block implements AutoCloseable {

  private final long address;
  private final long sizeBytes;

  private Block(long address, long sizeBytes) {
    this.address = address;
    this.sizeBytes = sizeBytes;
  }

  static Block allocate(long sizeBytes) {
    long address = Host.allocateMemory(sizeBytes);
    if (address == 0) {
      throw new OutOfMemoryError("No memory for a request of " + sizeBytes + " bytes.");
    }
    try {
      return new Block(address, sizeBytes);
    } catch (Throwable failure) {
      Host.releaseMemory(address);
      throw failure;
    }
  }

  /**
   * Returns where it begins.
   *
   * @return the address of its first byte
   */
  public long address() {
    return address;
  }

  /**
   * Returns its size.
   *
   * @return bytes
   */
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void close() {
    Host.releaseMemory(address);
  }
}

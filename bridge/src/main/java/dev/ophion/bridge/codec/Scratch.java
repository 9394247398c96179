package dev.ophion.bridge.codec;

import dev.ophion.bridge.memory.DirectMemory;
import dev.ophion.natives.Host;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The direct memory through which requests and replies cross.
 *
 * <p><b>Threading:</b> confined to one thread at a time.
 *
 * <p><b>Ownership:</b> memory of up to 1 MiB belongs to the garbage collector, so that a scratch
 * kept by a thread needs no close; what grows beyond it is allocated for one request and given back
 * by {@link #reset()}. Buffers taken from it are not used after that.
 */
public final class Scratch implements AutoCloseable {

  private ByteBuffer kept = direct(Limits.FIRST_BYTES);
  private long keptAddress = DirectMemory.addressOf(kept);

  /** Where large memory is, or 0. */
  private long large;

  private ByteBuffer current = kept;
  private long address = keptAddress;

  /** Makes one of 64 KiB. */
  public Scratch() {}

  /**
   * Returns the memory.
   *
   * @return little-endian; its position and limit belong to whoever uses it; valid until the memory
   *     grows or is reset
   */
  public ByteBuffer buffer() {
    return current;
  }

  /**
   * Returns where the memory is.
   *
   * @return the address of the buffer's first byte
   */
  public long address() {
    return address;
  }

  /**
   * Returns the size of the memory.
   *
   * @return bytes
   */
  public long capacityBytes() {
    return current.capacity();
  }

  /** Gives back what is too large to be kept, and makes the buffer empty. */
  public void reset() {
    if (large != 0) {
      current = kept;
      address = keptAddress;
      long last = large;
      large = 0;
      Host.releaseMemory(last);
    }
    current.clear();
  }

  /** The same as {@link #reset()}. */
  @Override
  public void close() {
    reset();
  }

  /** Makes room for {@code more} bytes behind the buffer's position, which is kept. */
  ByteBuffer grow(long more) {
    int used = current.position();
    long needed = used + more;
    if (needed > Limits.MOST_BYTES) {
      throw new Refusal(
          "The request grows over 2 GiB: pass large data as a direct buffer, which is not copied.");
    }
    long size = Math.min(Math.max(2L * current.capacity(), needed), Limits.MOST_BYTES);
    ByteBuffer full = current.flip();
    if (size <= Limits.KEPT_BYTES) {
      kept = direct((int) size);
      keptAddress = DirectMemory.addressOf(kept); // of its beginning: put moves its position
      kept.put(full);
      current = kept;
      address = keptAddress;
    } else {
      long larger = Host.allocateMemory(size);
      if (larger == 0) {
        full.limit(full.capacity()).position(used);
        throw new OutOfMemoryError("No memory for a request of " + size + " bytes.");
      }
      long last = large;
      large = larger;
      address = larger;
      current = view(address, size).put(full);
      if (last != 0) {
        Host.releaseMemory(last);
      }
    }
    return current;
  }

  /**
   * Sees memory that somebody else owns as a buffer.
   *
   * @param address where it begins
   * @param sizeBytes at most 2 GiB - 1
   * @return a little-endian buffer that does not own it
   */
  public static ByteBuffer view(long address, long sizeBytes) {
    return DirectMemory.borrow(address, Math.toIntExact(sizeBytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}

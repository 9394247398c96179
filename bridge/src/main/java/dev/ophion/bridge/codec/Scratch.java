package dev.ophion.bridge.codec;

import dev.ophion.bridge.memory.DirectMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The direct memory through which requests and replies cross.
 *
 * <p><b>Threading:</b> confined to one thread at a time.
 *
 * <p><b>Ownership:</b> memory of up to 1 MiB belongs to the garbage collector, so that a scratch
 * kept by a thread needs no close; what grows beyond it is allocated for one request and given back
 * by {@link #reset()}, or handed on by {@link #giveAway()}. Buffers taken from it are not used
 * after that.
 */
public final class Scratch implements AutoCloseable {

  private ByteBuffer kept;
  private long keptAddress;
  private @Nullable Block large;
  private ByteBuffer current;
  private long address;

  /** Makes one of 64 KiB, for a thread that needs it all the time. */
  public Scratch() {
    this(Limits.FIRST_BYTES);
  }

  /**
   * Makes one.
   *
   * @param sizeBytes at first
   */
  public Scratch(int sizeBytes) {
    kept = direct(sizeBytes);
    keptAddress = DirectMemory.addressOf(kept);
    current = kept;
    address = keptAddress;
  }

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
    if (large != null) {
      // First: if it throws, the memory is still known.
      large.close();
      // As giveAway, but without a call: that could throw, and the memory would be freed twice.
      large = null;
      current = kept;
      address = keptAddress;
    }
    current.clear();
  }

  /** The same as {@link #reset()}. */
  @Override
  public void close() {
    reset();
  }

  /**
   * Returns whether what was written is in memory that is too large to be kept.
   *
   * @return {@code true} if {@link #giveAway()} gives it
   */
  public boolean isLarge() {
    return large != null;
  }

  /**
   * Hands on memory that is too large to be kept, with what was written into it.
   *
   * @return the memory, which the caller closes, or {@code null} if what was written is in memory
   *     that is kept
   */
  public @Nullable Block giveAway() {
    Block given = large;
    if (given != null) {
      current = kept;
      address = keptAddress;
      large = null;
    }
    return given;
  }

  /**
   * Makes the buffer empty and at least so large.
   *
   * @param sizeBytes what is to be put there
   */
  public void reserve(int sizeBytes) {
    reset();
    if (sizeBytes > current.capacity()) {
      grow(sizeBytes);
      current.clear();
    }
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
    if (size <= Limits.KEPT_BYTES) {
      ByteBuffer larger = direct((int) size).put(current.duplicate().flip());
      keptAddress = DirectMemory.addressOf(larger.duplicate().clear());
      kept = larger;
      current = kept;
      address = keptAddress;
    } else {
      Block larger = Block.allocate(size);
      ByteBuffer view;
      try {
        view = view(larger.address(), size).put(current.duplicate().flip());
      } catch (Throwable failure) {
        larger.close();
        throw failure;
      }
      Block last = large;
      large = larger;
      address = larger.address();
      current = view;
      if (last != null) {
        last.close();
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

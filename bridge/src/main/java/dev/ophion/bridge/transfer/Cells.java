package dev.ophion.bridge.transfer;

import dev.ophion.bridge.memory.Claim;
import dev.ophion.bridge.memory.DirectMemory;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bytes behind an array and all its views, read and written a few at a time, in native order.
 * Each touch holds the claim for its own length.
 *
 * <p><b>Threading:</b> thread-safe. Offsets are the callers' affair as long as they are within the
 * memory; one that is not throws, because the JDK checks windows.
 */
final class Cells {

  /**
   * A window begins at every GiB and reaches over the next, so that small things never straddle.
   */
  private static final int WINDOW_SHIFT = 30;

  private static final long WINDOW_MASK = (1L << WINDOW_SHIFT) - 1;

  private final Claim claim;
  private final long address;
  private final long sizeBytes;

  /** Filled as needed; two threads may both make one, and either will do. */
  private final @Nullable ByteBuffer[] windows;

  Cells(Claim claim, long address, long sizeBytes) {
    this.claim = claim;
    this.address = address;
    this.sizeBytes = sizeBytes;
    windows = new ByteBuffer[(int) Math.max(1, (sizeBytes + WINDOW_MASK) >>> WINDOW_SHIFT)];
  }

  Claim claim() {
    return claim;
  }

  long address() {
    return address;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** A buffer over a part; the caller holds a lease or is inside the claim. */
  ByteBuffer borrow(long offset, int length) {
    Objects.checkFromIndexSize(offset, (long) length, sizeBytes);
    return DirectMemory.borrow(address + offset, length);
  }

  private ByteBuffer window(long offset) {
    int number = (int) (offset >>> WINDOW_SHIFT);
    ByteBuffer known = windows[number];
    return known != null ? known : open(number);
  }

  private ByteBuffer open(int number) {
    long start = (long) number << WINDOW_SHIFT;
    ByteBuffer made = borrow(start, (int) Math.min(Integer.MAX_VALUE, sizeBytes - start));
    windows[number] = made;
    return made;
  }

  private static int in(long offset) {
    return (int) (offset & WINDOW_MASK);
  }

  byte getByte(long offset) {
    int entered = claim.enter();
    try {
      return window(offset).get(in(offset));
    } finally {
      claim.exit(entered);
    }
  }

  short getShort(long offset) {
    int entered = claim.enter();
    try {
      return window(offset).getShort(in(offset));
    } finally {
      claim.exit(entered);
    }
  }

  int getInt(long offset) {
    int entered = claim.enter();
    try {
      return window(offset).getInt(in(offset));
    } finally {
      claim.exit(entered);
    }
  }

  long getLong(long offset) {
    int entered = claim.enter();
    try {
      return window(offset).getLong(in(offset));
    } finally {
      claim.exit(entered);
    }
  }

  byte[] getBytes(long offset, int length) {
    byte[] bytes = new byte[length];
    int entered = claim.enter();
    try {
      borrow(offset, length).get(bytes);
      return bytes;
    } finally {
      claim.exit(entered);
    }
  }

  void putByte(long offset, byte value) {
    int entered = claim.enter();
    try {
      window(offset).put(in(offset), value);
    } finally {
      claim.exit(entered);
    }
  }

  void putShort(long offset, short value) {
    int entered = claim.enter();
    try {
      window(offset).putShort(in(offset), value);
    } finally {
      claim.exit(entered);
    }
  }

  void putInt(long offset, int value) {
    int entered = claim.enter();
    try {
      window(offset).putInt(in(offset), value);
    } finally {
      claim.exit(entered);
    }
  }

  void putLong(long offset, long value) {
    int entered = claim.enter();
    try {
      window(offset).putLong(in(offset), value);
    } finally {
      claim.exit(entered);
    }
  }

  void putBytes(long offset, byte[] bytes) {
    int entered = claim.enter();
    try {
      borrow(offset, bytes.length).put(bytes);
    } finally {
      claim.exit(entered);
    }
  }
}

package dev.ophion.samples.common;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One column of whole numbers in direct memory.
 *
 * <p><b>Threading:</b> not synchronised; handing a call to an interpreter orders what was written
 * before it.
 *
 * @param name its name in Python
 * @param type what its elements are
 * @param memory the elements, in native byte order
 */
public record Column(String name, Type type, ByteBuffer memory) {

  /** The element types, named by their size in bits. */
  public enum Type {
    /** Bytes; {@code B} in Python. */
    INT8(1),
    /** Shorts; {@code h} in Python. */
    INT16(2),
    /** Ints; {@code i} in Python. */
    INT32(4);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  /**
   * Allocates a column of zeros.
   *
   * @param name its name in Python
   * @param type what its elements are
   * @param length how many
   * @return a column that owns new direct memory
   */
  public static Column allocate(String name, Type type, int length) {
    ByteBuffer memory = ByteBuffer.allocateDirect(Math.multiplyExact(length, type.bytes));
    return new Column(name, type, memory.order(ByteOrder.nativeOrder()));
  }

  public int get(int index) {
    return switch (type) {
      case INT8 -> memory.get(index);
      case INT16 -> memory.getShort(2 * index);
      case INT32 -> memory.getInt(4 * index);
    };
  }

  public void put(int index, int value) {
    switch (type) {
      case INT8 -> memory.put(index, (byte) value);
      case INT16 -> memory.putShort(2 * index, (short) value);
      case INT32 -> memory.putInt(4 * index, value);
    }
  }

  public int sizeBytes() {
    return memory.capacity();
  }

  /**
   * Returns what Python gets.
   *
   * @return a read-only typed buffer over the same memory
   */
  public Buffer view() {
    ByteBuffer whole = memory.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    return switch (type) {
      case INT8 -> whole;
      case INT16 -> whole.asShortBuffer();
      case INT32 -> whole.asIntBuffer();
    };
  }
}

package dev.ophion.bridge.transfer;

import dev.ophion.DType;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.DirectMemory;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Arrays of any type over direct memory of Java. A runtime has to be started before. */
public final class TestArrays {

  private TestArrays() {}

  /** A C-contiguous array over the buffer, which must be large enough. */
  public static PinnedArray over(ByteBuffer memory, DType type, long... shape) {
    long[] strides = new long[shape.length];
    long step = type.itemSizeBytes();
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= shape[i];
    }
    return over(memory, type, step, shape, strides);
  }

  private static PinnedArray over(
      ByteBuffer memory, DType type, long sizeBytes, long[] shape, long[] strides) {
    if (sizeBytes > memory.remaining()) {
      throw new IllegalArgumentException(memory + " is too small for " + sizeBytes + " bytes");
    }
    String wire =
        new String(type.format().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    Memory described =
        new Memory(
            DirectMemory.addressOf(memory),
            sizeBytes,
            memory.isReadOnly(),
            wire,
            type.itemSizeBytes(),
            shape,
            strides);
    return PinnedArray.of(LeaseTable.ofJava(memory, sizeBytes, lease -> {}), described);
  }

  /** A new array, zeroed. */
  public static PinnedArray of(DType type, long... shape) {
    long size = type.itemSizeBytes();
    for (long length : shape) {
      size *= length;
    }
    return over(ByteBuffer.allocateDirect((int) size), type, shape);
  }
}

package dev.ophion.bridge.transfer;

import dev.ophion.NotTransferableException;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.DirectMemory;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Copies the elements of an array, whatever its strides, into a Java array in C order. The caller
 * holds a lease meanwhile.
 */
final class ElementCopier {

  /** Small enough for any ByteBuffer, large enough that moving it is rare. */
  private static final int WINDOW_BYTES = 1 << 30;

  /** An element that begins in a window ends in it. */
  private static final int OVERLAP_BYTES = 16;

  private final Memory memory;
  private final ByteOrder order;
  private final int dimensions;
  private final long first;
  private ByteBuffer window;
  private long windowStart = -1;

  ElementCopier(Memory memory, ByteOrder order) {
    this.memory = memory;
    this.order = order;
    dimensions = memory.shape().length;
    first = offsetOfFirst(memory);
    window = ByteBuffer.allocate(0);
  }

  /** Where the first element lies in the span: above its begin where strides are negative. */
  private static long offsetOfFirst(Memory memory) {
    long offset = 0;
    for (int i = 0; i < memory.shape().length; i++) {
      if (memory.strides()[i] < 0 && memory.shape()[i] > 0) {
        offset -= memory.strides()[i] * (memory.shape()[i] - 1);
      }
    }
    return offset;
  }

  Object copy(Class<?> component) {
    long count = 1;
    for (long length : memory.shape()) {
      count = Math.multiplyExact(count, length);
    }
    if (count > Integer.MAX_VALUE - 8) {
      throw new NotTransferableException(
          ("The array has %d elements and a Java array holds at most %d:"
                  + " take slices of it in Python.")
              .formatted(count, Integer.MAX_VALUE - 8),
          "the array",
          null);
    }
    Object target = Array.newInstance(component, (int) count);
    if (count > 0) {
      rows(target);
    }
    return target;
  }

  /** Goes through the rows of the last dimension in C order. */
  private void rows(Object target) {
    int outer = Math.max(0, dimensions - 1);
    int length = dimensions == 0 ? 1 : (int) memory.shape()[outer];
    long stride = dimensions == 0 ? 0 : memory.strides()[outer];
    long[] at = new long[outer];
    int done = 0;
    while (true) {
      long offset = first;
      for (int i = 0; i < outer; i++) {
        offset += at[i] * memory.strides()[i];
      }
      row(target, done, offset, length, stride);
      done += length;
      int dimension = outer - 1;
      while (dimension >= 0 && ++at[dimension] == memory.shape()[dimension]) {
        at[dimension--] = 0;
      }
      if (dimension < 0) {
        return;
      }
    }
  }

  private void row(Object target, int from, long offset, int length, long stride) {
    int itemSize = memory.itemSizeBytes();
    int perWindow = WINDOW_BYTES / itemSize;
    if (stride == itemSize && !(target instanceof boolean[])) {
      for (int done = 0; done < length; done += Math.min(perWindow, length - done)) {
        int count = Math.min(perWindow, length - done);
        bulk(target, from + done, windowFrom(offset + (long) done * itemSize, count * itemSize));
      }
      return;
    }
    for (int i = 0; i < length; i++) {
      element(target, from + i, offset + i * stride);
    }
  }

  private ByteBuffer windowFrom(long offset, int size) {
    return DirectMemory.borrow(memory.address() + offset, size).order(order);
  }

  private static void bulk(Object target, int from, ByteBuffer source) {
    if (target instanceof double[] array) {
      source.asDoubleBuffer().get(array, from, source.remaining() / Double.BYTES);
    } else if (target instanceof float[] array) {
      source.asFloatBuffer().get(array, from, source.remaining() / Float.BYTES);
    } else if (target instanceof long[] array) {
      source.asLongBuffer().get(array, from, source.remaining() / Long.BYTES);
    } else if (target instanceof int[] array) {
      source.asIntBuffer().get(array, from, source.remaining() / Integer.BYTES);
    } else if (target instanceof short[] array) {
      source.asShortBuffer().get(array, from, source.remaining() / Short.BYTES);
    } else if (target instanceof char[] array) {
      source.asCharBuffer().get(array, from, source.remaining() / Character.BYTES);
    } else {
      source.get((byte[]) target, from, source.remaining());
    }
  }

  private void element(Object target, int to, long offset) {
    int at = move(offset);
    if (target instanceof double[] array) {
      array[to] = window.getDouble(at);
    } else if (target instanceof float[] array) {
      array[to] = window.getFloat(at);
    } else if (target instanceof long[] array) {
      array[to] = window.getLong(at);
    } else if (target instanceof int[] array) {
      array[to] = window.getInt(at);
    } else if (target instanceof short[] array) {
      array[to] = window.getShort(at);
    } else if (target instanceof char[] array) {
      array[to] = window.getChar(at);
    } else if (target instanceof boolean[] array) {
      array[to] = window.get(at) != 0;
    } else {
      ((byte[]) target)[to] = window.get(at);
    }
  }

  /** Moves the window over an offset and returns the place in it. */
  private int move(long offset) {
    long start = offset / WINDOW_BYTES * WINDOW_BYTES;
    if (start != windowStart) {
      int size = (int) Math.min((long) WINDOW_BYTES + OVERLAP_BYTES, memory.sizeBytes() - start);
      window = windowFrom(start, size);
      windowStart = start;
    }
    return (int) (offset - start);
  }
}

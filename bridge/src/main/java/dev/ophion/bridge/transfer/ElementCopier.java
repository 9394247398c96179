package dev.ophion.bridge.transfer;

import dev.ophion.DType;
import dev.ophion.NotTransferableException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;

/**
 * Copies all elements of an array, whatever its strides, from or to a Java array in C order. Used
 * once, by a caller that holds a lease meanwhile.
 */
final class ElementCopier {

  /** What some JVMs refuse is left out. */
  private static final int LONGEST = Integer.MAX_VALUE - 8;

  /** Small enough for any ByteBuffer, large enough that moving it is rare. */
  private static final int WINDOW_BYTES = 1 << 30;

  private final Cells cells;
  private final Geometry geometry;
  private final DType type;
  private final Lane lane;
  private final int perItem;
  private final int itemSize;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowStart;

  ElementCopier(Cells cells, Geometry geometry, DType type, Class<?> array) {
    this.cells = cells;
    this.geometry = geometry;
    this.type = type;
    Lanes lanes = Lanes.of(type, array);
    lane = lanes.lane();
    perItem = lanes.perItem();
    itemSize = type.itemSizeBytes();
  }

  /** How long the Java array is. */
  int length() {
    long size = geometry.size();
    if (size > LONGEST / perItem) {
      throw new NotTransferableException(
          "The array has %d elements and a Java array holds at most %d: take slices of it."
              .formatted(size, LONGEST / perItem),
          "the array",
          null);
    }
    return (int) size * perItem;
  }

  Object read() {
    Object target = Array.newInstance(lane.array().getComponentType(), length());
    copy(target, false);
    return target;
  }

  void check(Object array) {
    int length = length();
    if (Array.getLength(array) != length) {
      throw new IllegalArgumentException(
          "The Java array has the length %d; the array's %d elements need %d."
              .formatted(Array.getLength(array), geometry.size(), length));
    }
  }

  /** Goes through the rows of the last dimensions that lie in one piece, in C order. */
  void copy(Object array, boolean isWrite) {
    if (geometry.size() == 0) {
      return;
    }
    long[] shape = geometry.shape();
    long[] strides = geometry.strides();
    int outer = shape.length;
    long piece = itemSize;
    while (outer > 0 && (shape[outer - 1] == 1 || strides[outer - 1] == piece)) {
      piece *= shape[--outer];
    }
    int items = (int) (piece / itemSize);
    long[] at = new long[outer];
    long offset = geometry.first();
    int done = 0;
    while (true) {
      piece(array, done, offset, items, isWrite);
      done += items * perItem;
      int dimension = outer - 1;
      while (dimension >= 0 && ++at[dimension] == shape[dimension]) {
        offset -= strides[dimension] * (shape[dimension] - 1);
        at[dimension--] = 0;
      }
      if (dimension < 0) {
        return;
      }
      offset += strides[dimension];
    }
  }

  private void piece(Object array, int from, long offset, int items, boolean isWrite) {
    int perWindow = Math.max(1, WINDOW_BYTES / itemSize);
    for (int done = 0; done < items; done += Math.min(perWindow, items - done)) {
      int count = Math.min(perWindow, items - done);
      move(offset + (long) done * itemSize, count * itemSize);
      if (isWrite) {
        lane.write(window, array, from + done * perItem, count * perItem);
      } else {
        lane.read(window, array, from + done * perItem, count * perItem);
      }
    }
  }

  /** Puts the window's position at an offset, with at least so many bytes behind it. */
  private void move(long offset, int bytes) {
    if (offset < windowStart || offset + bytes > windowStart + window.limit()) {
      // At the offset itself where the element is larger than what windows have in common.
      windowStart = bytes > WINDOW_BYTES ? offset : offset / WINDOW_BYTES * WINDOW_BYTES;
      long size = Math.min(Integer.MAX_VALUE, cells.sizeBytes() - windowStart);
      window = cells.borrow(windowStart, (int) size).order(type.order());
    }
    window.position((int) (offset - windowStart));
  }
}

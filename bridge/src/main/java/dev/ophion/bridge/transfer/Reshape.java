package dev.ophion.bridge.transfer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Finds the strides that show the same elements, in C order, in another shape. Stateless. */
final class Reshape {

  /** What CPython allows ({@code PyBUF_MAX_NDIM}). */
  static final int MAX_DIMENSIONS = 64;

  private Reshape() {}

  /** Fills in the length that was given as -1. */
  static long[] complete(long[] wanted, Geometry from) {
    long[] shape = wanted.clone();
    long known = 1;
    int open = -1;
    boolean fits = shape.length <= MAX_DIMENSIONS;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == -1 && open < 0) {
        open = i;
      } else {
        fits &= shape[i] >= 0 && Math.multiplyHigh(known, shape[i]) == 0;
        known *= shape[i];
      }
    }
    long size = from.size();
    if (fits && open >= 0 && known > 0 && size % known == 0) {
      shape[open] = size / known;
      known = size;
    }
    if (!fits || known != size || (open >= 0 && shape[open] < 0)) {
      throw new IllegalArgumentException(
          "%d elements do not make the shape %s: give lengths with that product, one of them -1."
              .formatted(size, Arrays.toString(wanted)));
    }
    return shape;
  }

  /**
   * Goes through both shapes from the left in groups of equal products. Within a group the old
   * dimensions must lie one in the other.
   *
   * @return null if they do not
   */
  static long @Nullable [] strides(
      long[] shape, long[] strides, long[] newShape, int itemSizeBytes) {
    long[] newStrides = new long[newShape.length];
    if (Arrays.stream(newShape).anyMatch(length -> length == 0)) {
      contiguous(newShape, newStrides, itemSizeBytes);
      return newStrides;
    }
    long[] oldShape = withoutOnes(shape, shape);
    long[] oldStrides = withoutOnes(strides, shape);
    int from = 0;
    int to = 0;
    while (from < oldShape.length && to < newShape.length) {
      int fromEnd = from + 1;
      int toEnd = to + 1;
      long old = oldShape[from];
      long made = newShape[to];
      while (old != made) {
        if (made < old) {
          made *= newShape[toEnd++];
        } else {
          old *= oldShape[fromEnd++];
        }
      }
      for (int i = from; i < fromEnd - 1; i++) {
        if (oldStrides[i] != oldShape[i + 1] * oldStrides[i + 1]) {
          return null;
        }
      }
      newStrides[toEnd - 1] = oldStrides[fromEnd - 1];
      for (int i = toEnd - 1; i > to; i--) {
        newStrides[i - 1] = newStrides[i] * newShape[i];
      }
      from = fromEnd;
      to = toEnd;
    }
    // What is left are dimensions of length 1.
    Arrays.fill(newStrides, to, newStrides.length, itemSizeBytes);
    return newStrides;
  }

  private static void contiguous(long[] shape, long[] strides, long itemSizeBytes) {
    long step = itemSizeBytes;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
  }

  private static long[] withoutOnes(long[] values, long[] shape) {
    long[] kept = new long[values.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (shape[i] != 1) {
        kept[count++] = values[i];
      }
    }
    return Arrays.copyOf(kept, count);
  }
}

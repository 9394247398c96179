package dev.ophion.bridge.transfer;

import dev.ophion.ArrayViews;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the elements of an array lie, in bytes from the begin of its memory. Immutable; every view
 * stays within the elements that it is taken of.
 */
final class Geometry {

  /** Python counts the bytes of an array too, in 63 bits. */
  private static final long MOST_BYTES_OF_AN_ELEMENT = 1L << 20;

  /** The offset of the element with all indexes 0. */
  private final long first;

  private final long[] shape;
  private final long[] strides;

  /** Takes over the arrays. */
  Geometry(long first, long[] shape, long[] strides) {
    this.first = first;
    this.shape = shape;
    this.strides = strides;
  }

  /** The first element lies above the begin of the span where strides are negative. */
  static Geometry ofSpan(long[] shape, long[] strides) {
    return new Geometry(-below(shape, strides), shape, strides);
  }

  /** How far elements reach below the first one: 0 or negative. */
  private static long below(long[] shape, long[] strides) {
    long low = 0;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 0) {
        return 0;
      }
      low += Math.min(0, strides[i] * (shape[i] - 1));
    }
    return low;
  }

  long first() {
    return first;
  }

  long[] shape() {
    return shape;
  }

  long[] strides() {
    return strides;
  }

  /** The offset of the lowest byte of any element. */
  long low() {
    return first + below(shape, strides);
  }

  /** From the lowest to the highest byte of any element. */
  long spanBytes(int itemSizeBytes) {
    long span = itemSizeBytes;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 0) {
        return 0;
      }
      span += Math.abs(strides[i]) * (shape[i] - 1);
    }
    return span;
  }

  /** Saturated: repeated elements can be more than a long counts. */
  long size() {
    boolean isEmpty = false;
    long size = 1;
    for (long length : shape) {
      isEmpty |= length == 0;
      long product = size * length;
      size = Math.multiplyHigh(size, length) != 0 || product < 0 ? Long.MAX_VALUE : product;
    }
    return isEmpty ? 0 : size;
  }

  long offset(long[] index) {
    if (index.length != shape.length) {
      throw new IllegalArgumentException(
          "%d indexes for an array of shape %s: give one for each dimension."
              .formatted(index.length, Arrays.toString(shape)));
    }
    long offset = first;
    for (int i = 0; i < index.length; i++) {
      long at = index[i];
      if (at < 0 || at >= shape[i]) {
        throw outOfRange(i, at);
      }
      offset += at * strides[i];
    }
    return offset;
  }

  private IndexOutOfBoundsException outOfRange(int axis, long index) {
    return new IndexOutOfBoundsException(
        "The index %d of dimension %d is out of range: the array has the shape %s."
            .formatted(index, axis, Arrays.toString(shape)));
  }

  boolean isContiguous(int itemSizeBytes) {
    long step = itemSizeBytes;
    boolean fits = true;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] == 0) {
        return true;
      }
      fits &= shape[i] == 1 || strides[i] == step;
      step *= shape[i];
    }
    return fits;
  }

  Geometry slice(int axis, long start, long stop, long step) {
    checkAxis(axis);
    if (step == 0 || step == Long.MIN_VALUE) {
      throw new IllegalArgumentException(
          "A slice cannot have the step %d: take one above or below 0.".formatted(step));
    }
    long length = shape[axis];
    long low = step < 0 ? -1 : 0;
    long high = step < 0 ? length - 1 : length;
    long from = cut(start, step < 0 ? high : low, low, high, length);
    long to = cut(stop, step < 0 ? low : high, low, high, length);
    long count = 0;
    if (step > 0 && from < to) {
      count = (to - from - 1) / step + 1;
    } else if (step < 0 && to < from) {
      count = (from - to - 1) / -step + 1;
    }
    long[] newShape = shape.clone();
    long[] newStrides = strides.clone();
    newShape[axis] = count;
    // A single element is never stepped from; the product might overflow.
    newStrides[axis] = count > 1 ? strides[axis] * step : strides[axis];
    return new Geometry(count == 0 ? first : first + from * strides[axis], newShape, newStrides);
  }

  private static long cut(long bound, long omitted, long low, long high, long length) {
    if (bound == ArrayViews.NONE) {
      return omitted;
    }
    return Math.min(Math.max(bound < 0 ? bound + length : bound, low), high);
  }

  Geometry select(int axis, long index) {
    checkAxis(axis);
    long at = index < 0 ? index + shape[axis] : index;
    if (at < 0 || at >= shape[axis]) {
      throw outOfRange(axis, index);
    }
    return new Geometry(first + at * strides[axis], without(shape, axis), without(strides, axis));
  }

  private void checkAxis(int axis) {
    if (axis < 0 || axis >= shape.length) {
      throw new IndexOutOfBoundsException(
          "There is no dimension %d: the array has the shape %s."
              .formatted(axis, Arrays.toString(shape)));
    }
  }

  private static long[] without(long[] values, int at) {
    long[] rest = new long[values.length - 1];
    System.arraycopy(values, 0, rest, 0, at);
    System.arraycopy(values, at + 1, rest, at, rest.length - at);
    return rest;
  }

  Geometry transpose(int[] axes) {
    int dimensions = shape.length;
    long[] newShape = new long[dimensions];
    long[] newStrides = new long[dimensions];
    boolean[] seen = new boolean[dimensions];
    boolean isReversal = axes.length == 0;
    if (!isReversal && axes.length != dimensions) {
      throw notAnOrder(axes);
    }
    for (int i = 0; i < dimensions; i++) {
      int from = isReversal ? dimensions - 1 - i : axes[i];
      if (from < 0 || from >= dimensions || seen[from]) {
        throw notAnOrder(axes);
      }
      seen[from] = true;
      newShape[i] = shape[from];
      newStrides[i] = strides[from];
    }
    return new Geometry(first, newShape, newStrides);
  }

  private IllegalArgumentException notAnOrder(int[] axes) {
    return new IllegalArgumentException(
        "%s is no order of %d dimensions: name each from 0 on once, or none to reverse them."
            .formatted(Arrays.toString(axes), shape.length));
  }

  Geometry broadcast(long[] wanted) {
    int added = wanted.length - shape.length;
    long[] newStrides = new long[wanted.length];
    for (int i = 0; i < Math.max(wanted.length, shape.length); i++) {
      int own = i - added;
      boolean fits = added >= 0 && wanted[i] >= 0 && wanted.length <= Reshape.MAX_DIMENSIONS;
      if (!fits || (own >= 0 && shape[own] != 1 && shape[own] != wanted[i])) {
        throw new IllegalArgumentException(
            "An array of shape %s cannot fill the shape %s: its last dimensions must agree or be 1."
                .formatted(Arrays.toString(shape), Arrays.toString(wanted)));
      }
      newStrides[i] = own < 0 || shape[own] != wanted[i] ? 0 : strides[own];
    }
    requireCountable(wanted);
    return new Geometry(first, wanted.clone(), newStrides);
  }

  private static void requireCountable(long[] wanted) {
    if (Arrays.stream(wanted).anyMatch(length -> length == 0)) {
      return;
    }
    long count = MOST_BYTES_OF_AN_ELEMENT;
    try {
      for (long length : wanted) {
        count = Math.multiplyExact(count, length);
      }
    } catch (ArithmeticException overflow) {
      throw new IllegalArgumentException(
          "The shape %s has more elements than memory can hold: take a smaller one."
              .formatted(Arrays.toString(wanted)),
          overflow);
    }
  }

  Geometry reshape(long[] wanted, int itemSizeBytes) {
    long[] newShape = Reshape.complete(wanted, this);
    long @Nullable [] newStrides = Reshape.strides(shape, strides, newShape, itemSizeBytes);
    if (newStrides == null) {
      throw new IllegalArgumentException(
          ("An array of shape %s and strides %s has no view of shape %s: copy it with toArray, or"
                  + " reshape it in Python.")
              .formatted(
                  Arrays.toString(shape), Arrays.toString(strides), Arrays.toString(newShape)));
    }
    return new Geometry(first, newShape, newStrides);
  }

  /** The elements of a field, with its sub-array's dimensions behind the array's own. */
  Geometry field(int offsetBytes, List<Integer> inner, int itemSizeBytes) {
    int own = shape.length;
    int all = own + inner.size();
    if (all > Reshape.MAX_DIMENSIONS) {
      throw new IllegalArgumentException(
          "The field has %d dimensions more; an array has at most %d."
              .formatted(inner.size(), Reshape.MAX_DIMENSIONS));
    }
    long[] newShape = Arrays.copyOf(shape, all);
    long[] newStrides = Arrays.copyOf(strides, all);
    long step = itemSizeBytes;
    for (int i = all - 1; i >= own; i--) {
      newShape[i] = inner.get(i - own);
      newStrides[i] = step;
      step *= newShape[i];
    }
    return new Geometry(first + offsetBytes, newShape, newStrides);
  }
}

package dev.ophion;

/**
 * Sees a part of an array's memory, or the whole in another shape, without a copy.
 *
 * <p><b>Ownership:</b> a view lives on its array's claim. It ends with the array that it was taken
 * from, however many views lie between; closing a view ends that view alone and gives no memory
 * back. {@link #share()} makes what outlives the array. Taking a view costs no lease.
 *
 * <p>Every method throws {@link IllegalStateException} if the array is closed.
 */
public interface ArrayViews {

  /** Stands for Python's {@code None} in a slice: from the one end, to the other. */
  long NONE = Long.MIN_VALUE;

  /**
   * Takes every {@code step}-th element of a dimension, as Python's {@code a[start:stop:step]}.
   *
   * @param axis the dimension, from 0 on
   * @param start the first index; below 0 it counts from the end, out of range it is cut; or {@link
   *     #NONE}
   * @param stop the index before which it ends, treated alike
   * @param step above 0 upwards, below 0 downwards
   * @return a view with as many dimensions
   * @throws IndexOutOfBoundsException if there is no such dimension
   * @throws IllegalArgumentException if the step is 0
   */
  NdArray slice(int axis, long start, long stop, long step);

  /**
   * Takes one index of a dimension.
   *
   * @param axis the dimension, from 0 on
   * @param index below 0 it counts from the end
   * @return a view with one dimension less
   * @throws IndexOutOfBoundsException if there is no such dimension or index
   */
  NdArray select(int axis, long index);

  /**
   * Puts the dimensions in another order.
   *
   * @param axes each dimension once; none for the reverse order
   * @return a view
   * @throws IllegalArgumentException if a dimension is missing or named twice
   */
  NdArray transpose(int... axes);

  /**
   * Sees the elements, in C order, in another shape.
   *
   * @param shape with as many elements; one length may be -1, which takes what is left
   * @return a view
   * @throws IllegalArgumentException if the number of elements differs, or no strides give that
   *     shape without a copy
   */
  NdArray reshape(long... shape);

  /**
   * Repeats elements along new dimensions and along those of length 1, as NumPy broadcasts.
   *
   * @param shape the shape to fill
   * @return a read-only view with strides of 0
   * @throws IllegalArgumentException if a length is neither that of the array nor stands for 1
   */
  NdArray broadcast(long... shape);

  /**
   * Sees one field of every record.
   *
   * @param name the field's name
   * @return a view; the dimensions of a sub-array come last
   * @throws IllegalArgumentException if there is no such field
   */
  NdArray field(String name);

  /**
   * Takes a claim of its own on the memory.
   *
   * @return the same elements; closed by the caller, and independent of this array's end
   */
  NdArray share();
}

package dev.ophion;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * An n-dimensional array of Python ({@code memoryview}, {@code array.array}, any exporter of the
 * buffer protocol, PEP 3118), seen from Java without a copy.
 *
 * <p><b>Threading:</b> thread-safe.
 *
 * <p><b>Ownership:</b> who receives it closes it; until then, and while a buffer taken from it is
 * reachable, the Python object is pinned. It may be passed to its own interpreter and to others,
 * where it arrives as a {@code memoryview} over the same memory. A strided array has no flat
 * buffer: copy it in Python first, or read it by {@link #toArray(Class)}.
 */
public interface NdArray extends AutoCloseable {

  /**
   * Returns the element format in the notation of {@code struct}, without the byte order.
   *
   * @return for example {@code d}
   */
  String format();

  /**
   * Returns the size of an element.
   *
   * @return bytes
   */
  int itemSizeBytes();

  /**
   * Returns the byte order of the elements.
   *
   * @return native order unless the format says otherwise
   */
  ByteOrder order();

  /**
   * Returns the shape.
   *
   * @return the length of each dimension, in elements; a new array
   */
  long[] shape();

  /**
   * Returns the strides.
   *
   * @return the step of each dimension, in bytes; a new array
   */
  long[] strides();

  /**
   * Returns whether the elements lie one behind the other in C order.
   *
   * @return {@code true} if the flat views can be taken
   */
  boolean isContiguous();

  /**
   * Returns the memory.
   *
   * @return the flat buffer
   * @throws IllegalStateException if the array is closed or not contiguous
   */
  SharedBuffer buffer();

  /**
   * Copies the elements, in C order, into a Java array.
   *
   * @param type a primitive array class that holds the format exactly, for example {@code
   *     double[].class} for {@code d}
   * @param <T> the array class
   * @return a new array
   * @throws NotTransferableException if the format does not fit the class
   */
  <T> T toArray(Class<T> type);

  /**
   * Returns the memory as doubles.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the format is not {@code d}, or see {@link #buffer()}
   */
  default DoubleBuffer asDoubleBuffer() {
    return typed("d").asDoubleBuffer();
  }

  /**
   * Returns the memory as floats.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the format is not {@code f}, or see {@link #buffer()}
   */
  default FloatBuffer asFloatBuffer() {
    return typed("f").asFloatBuffer();
  }

  /**
   * Returns the memory as longs.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the format is not {@code q}, {@code Q}, {@code l} or {@code
   *     L}, or see {@link #buffer()}
   */
  default LongBuffer asLongBuffer() {
    return typed("qQlL").asLongBuffer();
  }

  /**
   * Returns the memory as ints.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the format is not {@code i} or {@code I}, or see {@link
   *     #buffer()}
   */
  default IntBuffer asIntBuffer() {
    return typed("iI").asIntBuffer();
  }

  /**
   * Returns the memory as shorts.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the format is not {@code h} or {@code H}, or see {@link
   *     #buffer()}
   */
  default ShortBuffer asShortBuffer() {
    return typed("hH").asShortBuffer();
  }

  private ByteBuffer typed(String formats) {
    if (format().length() != 1 || formats.indexOf(format().charAt(0)) < 0) {
      throw new IllegalStateException(
          "The array's format is '%s', this view needs one of '%s': take the view that fits."
              .formatted(format(), formats));
    }
    return buffer().asByteBuffer().order(order());
  }

  /** Gives the claim on the memory back. Idempotent, from any thread. */
  @Override
  void close();
}

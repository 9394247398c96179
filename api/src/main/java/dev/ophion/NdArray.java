package dev.ophion;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.List;

/**
 * An n-dimensional array of Python ({@code memoryview}, {@code array.array}, {@code
 * numpy.ndarray}), seen from Java without a copy. Any other exporter of the buffer protocol (PEP
 * 3118) comes as one through a view: {@code eval("memoryview(x)", NdArray.class)} for a {@code
 * bytearray}, {@code bytes}, {@code mmap} or ctypes array {@code x}, whose own values have
 * counterparts in Java.
 *
 * <p><b>Threading:</b> thread-safe; ordering writes is the users' affair. {@link #close()} waits
 * for single elements that other threads are just reading or writing.
 *
 * <p><b>Ownership:</b> who receives it closes it; until then, and while a buffer taken from it is
 * reachable, the Python object is pinned: a {@code bytearray} cannot be resized. Views ({@link
 * ArrayViews}) end with it. It may be passed to its own interpreter and to others, where it arrives
 * over the same memory: as {@code numpy.ndarray} where NumPy can be imported, else as {@code
 * memoryview}.
 *
 * <p><b>Limits:</b> sizes are {@code long}; a {@code ByteBuffer} holds 2 GiB - 1, so of more take
 * parts: {@code buffer().asByteBuffer(offset, length)}. On JDK 22 and later {@code
 * MemorySegment.ofBuffer(array.buffer().asByteBuffer())} sees the same memory and keeps it alive as
 * the buffer does.
 */
public interface NdArray extends ReadableElements, WritableElements, ArrayViews, AutoCloseable {

  /**
   * Returns what an element is.
   *
   * @return the type, an opaque one where Java does not know the format
   */
  DType dtype();

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
  default int itemSizeBytes() {
    return dtype().itemSizeBytes();
  }

  /**
   * Returns the byte order of the elements.
   *
   * @return native order unless the format says otherwise
   */
  default ByteOrder order() {
    return dtype().order();
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of the shape
   */
  long size();

  /**
   * Returns whether Java may not write to it.
   *
   * @return {@code true} if Python's buffer is read-only, and for broadcast views
   */
  boolean isReadOnly();

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
   * Copies the elements, in C order, into a new Java array.
   *
   * @param type a primitive array class that holds the type exactly, for example {@code
   *     double[].class} for {@code d}; a float16 goes into {@code float[]}, or by its bits into
   *     {@code short[]}; a complex number is two elements; dates are {@code long}; byte strings,
   *     records and all else are {@code byte[]}, one behind the other
   * @param <T> the array class
   * @return a new array
   * @throws IllegalStateException if the array is closed
   * @throws NotTransferableException if the type does not fit the class, or there are too many
   *     elements for one Java array
   */
  <T> T toArray(Class<T> type);

  /**
   * Copies the elements, in C order, into a Java array.
   *
   * @param target a primitive array of the class and length that {@link #toArray(Class)} gives
   * @throws IllegalArgumentException if it has another length
   * @throws NotTransferableException if the type does not fit the class
   * @throws IllegalStateException if the array is closed
   */
  void copyTo(Object target);

  /**
   * Overwrites the elements, in C order, with those of a Java array.
   *
   * @param source a primitive array of the class and length that {@link #toArray(Class)} gives
   * @throws IllegalArgumentException if it has another length
   * @throws NotTransferableException if the type does not fit the class
   * @throws UnsupportedOperationException if the array is read-only
   * @throws ArithmeticException if a finite float would become an infinite float16; those before it
   *     are written
   * @throws IllegalStateException if the array is closed
   */
  void copyFrom(Object source);

  /**
   * Returns the memory as doubles.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the elements are no 64-bit floats, or see {@link #buffer()}
   */
  default DoubleBuffer asDoubleBuffer() {
    return typed("64-bit floats", 8, DType.Kind.FLOAT).asDoubleBuffer();
  }

  /**
   * Returns the memory as floats.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the elements are no 32-bit floats, or see {@link #buffer()}
   */
  default FloatBuffer asFloatBuffer() {
    return typed("32-bit floats", 4, DType.Kind.FLOAT).asFloatBuffer();
  }

  /**
   * Returns the memory as longs.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the elements are no 64-bit integers, dates or durations, or
   *     see {@link #buffer()}
   */
  default LongBuffer asLongBuffer() {
    return typed(
            "64-bit integers",
            8,
            DType.Kind.INT,
            DType.Kind.UINT,
            DType.Kind.DATETIME,
            DType.Kind.TIMEDELTA)
        .asLongBuffer();
  }

  /**
   * Returns the memory as ints.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the elements are no 32-bit integers, or see {@link #buffer()}
   */
  default IntBuffer asIntBuffer() {
    return typed("32-bit integers", 4, DType.Kind.INT, DType.Kind.UINT).asIntBuffer();
  }

  /**
   * Returns the memory as shorts.
   *
   * @return a view in the array's byte order
   * @throws IllegalStateException if the elements are no 16-bit integers, or see {@link #buffer()}
   */
  default ShortBuffer asShortBuffer() {
    return typed("16-bit integers", 2, DType.Kind.INT, DType.Kind.UINT).asShortBuffer();
  }

  private ByteBuffer typed(String wanted, int sizeBytes, DType.Kind... kinds) {
    DType type = dtype();
    if (type.itemSizeBytes() != sizeBytes || !List.of(kinds).contains(type.kind())) {
      throw new IllegalStateException(
          "The array's format is '%s' and this view is of %s: take the view that fits."
              .formatted(format(), wanted));
    }
    return buffer().asByteBuffer().order(order());
  }

  /** Gives the claim on the memory back; of a view, only ends it. Idempotent, from any thread. */
  @Override
  void close();
}

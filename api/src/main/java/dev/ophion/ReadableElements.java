package dev.ophion;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Reads single elements of an {@link NdArray}. A value converts where it fits exactly; nothing is
 * rounded or cut.
 *
 * <p><b>Threading:</b> thread-safe; ordering reads and writes is the users' affair, and an element
 * of 16 bytes is read in two parts.
 *
 * <p><b>Cost:</b> one check of the array's lifetime for each element. A loop over a large
 * contiguous array is faster over a typed buffer, which is checked once.
 *
 * <p>Every method takes one index for each dimension, from 0 on, and throws {@link
 * IndexOutOfBoundsException} if one is out of range, {@link IllegalArgumentException} if there are
 * more or fewer indexes than dimensions, and {@link IllegalStateException} if the array is closed
 * or its {@link DType} is of a kind that the method does not take.
 */
public interface ReadableElements {

  /**
   * Reads an element as what it naturally is.
   *
   * @param index one for each dimension
   * @return {@code Boolean}; {@code Long}, or {@code BigInteger} for an unsigned one above {@code
   *     Long.MAX_VALUE}; {@code Double}; {@link Complex}; {@code String}; {@code byte[]} of byte
   *     strings without the zeros that fill them up, and of everything without a meaning; {@code
   *     LocalDateTime} and {@code Duration}, or {@code Long} where the unit has no fixed length; an
   *     ordered {@code Map} of a record, with a {@code List} for each sub-array; {@code null} for
   *     NaT
   * @throws ArithmeticException if a date or duration has a part below a nanosecond or is out of
   *     Java's range
   */
  @Nullable Object get(long... index);

  /**
   * Reads a number.
   *
   * @param index one for each dimension
   * @return the element of any float or integer type
   * @throws ArithmeticException if a 64-bit integer has no exact double
   */
  double getDouble(long... index);

  /**
   * Reads a number.
   *
   * @param index one for each dimension
   * @return the element of any float or integer type; a float16 always fits
   * @throws ArithmeticException if it has no exact float
   */
  float getFloat(long... index);

  /**
   * Reads an integer, or the count of units of a date or duration.
   *
   * @param index one for each dimension
   * @return the element of any integer type, a date or a duration; {@code Long.MIN_VALUE} for NaT
   * @throws ArithmeticException if it is unsigned and above {@code Long.MAX_VALUE}
   */
  long getLong(long... index);

  /**
   * Reads an integer.
   *
   * @param index one for each dimension
   * @return the element of any integer type
   * @throws ArithmeticException if it does not fit
   */
  int getInt(long... index);

  /**
   * Reads an integer.
   *
   * @param index one for each dimension
   * @return the element of any integer type
   * @throws ArithmeticException if it does not fit
   */
  short getShort(long... index);

  /**
   * Reads an integer.
   *
   * @param index one for each dimension
   * @return the element of any integer type, or a {@code c}
   * @throws ArithmeticException if it does not fit
   */
  byte getByte(long... index);

  /**
   * Reads a bool.
   *
   * @param index one for each dimension
   * @return whether the byte is not 0
   */
  boolean getBoolean(long... index);

  /**
   * Reads a complex or float number.
   *
   * @param index one for each dimension
   * @return the element
   */
  Complex getComplex(long... index);

  /**
   * Reads a text of fixed length.
   *
   * @param index one for each dimension
   * @return without the zeros that fill it up
   * @throws ArithmeticException if it holds a number that is no code point
   */
  String getString(long... index);

  /**
   * Reads the bytes of an element of any type, as they lie.
   *
   * @param index one for each dimension
   * @return a new array of {@link DType#itemSizeBytes()}
   */
  byte[] getBytes(long... index);

  /**
   * Reads a date ({@code datetime64}), which has no zone.
   *
   * @param index one for each dimension
   * @return the date, {@code null} for NaT
   * @throws ArithmeticException if it has a part below a nanosecond or is out of Java's range
   */
  @Nullable LocalDateTime getDateTime(long... index);

  /**
   * Reads a date ({@code datetime64}) as one of UTC.
   *
   * @param index one for each dimension
   * @return the instant, {@code null} for NaT
   * @throws ArithmeticException if it has a part below a nanosecond or is out of Java's range
   */
  @Nullable Instant getInstant(long... index);

  /**
   * Reads a duration ({@code timedelta64}) of a unit of fixed length: weeks and below.
   *
   * @param index one for each dimension
   * @return the duration, {@code null} for NaT
   * @throws ArithmeticException if it has a part below a nanosecond or is out of Java's range
   */
  @Nullable Duration getDuration(long... index);
}

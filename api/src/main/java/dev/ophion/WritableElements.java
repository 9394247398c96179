package dev.ophion;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Writes single elements of an {@link NdArray}. A value out of the type's range is refused with
 * {@link ArithmeticException}, and nothing is written then.
 *
 * <p><b>Threading:</b> thread-safe; ordering reads and writes is the users' affair, and an element
 * of more than 8 bytes is written in parts.
 *
 * <p>Every method takes the value and one index for each dimension, from 0 on, and throws {@link
 * IndexOutOfBoundsException} if one is out of range, {@link IllegalArgumentException} if there are
 * more or fewer indexes than dimensions, {@link UnsupportedOperationException} if the array is
 * read-only, and {@link IllegalStateException} if it is closed or its {@link DType} is of a kind
 * that the method does not take.
 */
public interface WritableElements {

  /**
   * Writes a float, or a complex number without an imaginary part.
   *
   * @param value rounded to the nearest that the type holds, ties to even
   * @param index one for each dimension
   * @throws ArithmeticException if a finite value would become infinite
   */
  void setDouble(double value, long... index);

  /**
   * Writes an integer, a float that is one, or the count of units of a date or duration.
   *
   * @param value the number; {@code Long.MIN_VALUE} for NaT
   * @param index one for each dimension
   * @throws ArithmeticException if the type does not hold it exactly
   */
  void setLong(long value, long... index);

  /**
   * Writes a bool.
   *
   * @param value the value
   * @param index one for each dimension
   */
  void setBoolean(boolean value, long... index);

  /**
   * Writes a complex number.
   *
   * @param value its parts are rounded to what the type holds
   * @param index one for each dimension
   * @throws ArithmeticException if a finite part would become infinite
   */
  void setComplex(Complex value, long... index);

  /**
   * Writes a text, filled up with zeros.
   *
   * @param value the text
   * @param index one for each dimension
   * @throws ArithmeticException if it has more code points than the type
   */
  void setString(String value, long... index);

  /**
   * Writes the bytes of an element of any type, as they are to lie.
   *
   * @param value as many as {@link DType#itemSizeBytes()}, or fewer for a byte string, which is
   *     filled up with zeros
   * @param index one for each dimension
   * @throws ArithmeticException if there are more or fewer
   */
  void setBytes(byte[] value, long... index);

  /**
   * Writes a date ({@code datetime64}).
   *
   * @param value the date, {@code null} for NaT
   * @param index one for each dimension
   * @throws ArithmeticException if it is not a multiple of the type's unit or out of its range
   */
  void setDateTime(@Nullable LocalDateTime value, long... index);

  /**
   * Writes a date ({@code datetime64}) as one of UTC.
   *
   * @param value the instant, {@code null} for NaT
   * @param index one for each dimension
   * @throws ArithmeticException if it is not a multiple of the type's unit or out of its range
   */
  void setInstant(@Nullable Instant value, long... index);

  /**
   * Writes a duration ({@code timedelta64}) in a unit of fixed length: weeks and below.
   *
   * @param value the duration, {@code null} for NaT
   * @param index one for each dimension
   * @throws ArithmeticException if it is not a multiple of the type's unit or out of its range
   */
  void setDuration(@Nullable Duration value, long... index);
}

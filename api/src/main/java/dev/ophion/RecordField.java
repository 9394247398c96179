package dev.ophion;

import java.nio.ByteOrder;
import java.util.List;

/**
 * A field of a record.
 *
 * @param name its name, not empty and without a colon
 * @param dtype what it holds, or what the elements of its sub-array are
 * @param offsetBytes where it begins in the record
 * @param shape the shape of its sub-array; empty for a single value
 */
public record RecordField(String name, DType dtype, int offsetBytes, List<Integer> shape) {

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the name cannot be written or a number is negative
   */
  public RecordField {
    shape = List.copyOf(shape);
    if (name.isEmpty() || name.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "The name of a field is '%s'; take one that is not empty and has no colon."
              .formatted(name));
    }
    if (offsetBytes < 0 || shape.stream().anyMatch(length -> length < 0)) {
      throw new IllegalArgumentException(
          "The field '%s' has the offset %d and the shape %s; neither may be negative."
              .formatted(name, offsetBytes, shape));
    }
  }

  /**
   * Returns the size of the field.
   *
   * @return bytes, of all elements of a sub-array
   * @throws ArithmeticException if they are more than 2 GiB - 1
   */
  public int sizeBytes() {
    int size = dtype.itemSizeBytes();
    for (int length : shape) {
      size = Math.multiplyExact(size, length);
    }
    return size;
  }

  RecordField withOrder(ByteOrder order) {
    return new RecordField(name, dtype.withOrder(order), offsetBytes, shape);
  }
}

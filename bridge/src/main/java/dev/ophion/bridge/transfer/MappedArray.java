package dev.ophion.bridge.transfer;

import dev.ophion.Access;
import dev.ophion.DType;
import dev.ophion.SharedMemory;
import dev.ophion.SharedMemoryOptions;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.Mapping;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** An array in memory of the runtime. Thread-safe. */
public final class MappedArray extends PinnedArray implements SharedMemory {

  /** {@code PyBUF_MAX_NDIM}. */
  private static final int MAX_DIMENSIONS = 64;

  private final Mapping mapping;

  private MappedArray(Mapping mapping, Memory memory) {
    super("SharedMemory", memory, mapping.lease());
    this.mapping = mapping;
  }

  /**
   * Makes zeroed memory.
   *
   * @param options where it lies
   * @param dtype the type of the elements
   * @param shape the length of each dimension; kept
   * @return the array; the caller closes it
   */
  public static MappedArray allocate(SharedMemoryOptions options, DType dtype, long[] shape) {
    long sizeBytes = sizeBytes(dtype, shape);
    return over(Mapping.allocate(options, sizeBytes), options, dtype, shape);
  }

  /**
   * Attaches to memory that exists.
   *
   * @param options where it lies
   * @param dtype the type of the elements
   * @param shape the length of each dimension; kept
   * @return the array; the caller closes it
   */
  public static MappedArray open(SharedMemoryOptions options, DType dtype, long[] shape) {
    long sizeBytes = sizeBytes(dtype, shape);
    return over(Mapping.open(options, sizeBytes), options, dtype, shape);
  }

  private static MappedArray over(
      Mapping mapping, SharedMemoryOptions options, DType dtype, long[] shape) {
    long[] strides = new long[shape.length];
    long step = dtype.itemSizeBytes();
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
    Memory memory =
        new Memory(
            mapping.address(),
            mapping.lease().sizeBytes(),
            options.access() == Access.READ_ONLY,
            Elements.wire(dtype.format()),
            dtype.itemSizeBytes(),
            shape,
            strides);
    return new MappedArray(mapping, memory);
  }

  /** Lengths behind one of 0 count too, since strides are made from them. */
  private static long sizeBytes(DType dtype, long[] shape) {
    boolean isEmpty = false;
    long size = dtype.itemSizeBytes();
    if (size == 0) {
      throw new IllegalArgumentException(
          "The elements of type %s have no size: take a type with one.".formatted(dtype));
    }
    if (shape.length > MAX_DIMENSIONS) {
      throw new IllegalArgumentException(
          "The shape has %d dimensions, and Python's buffers at most %d: take fewer."
              .formatted(shape.length, MAX_DIMENSIONS));
    }
    for (long length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException(
            "The shape %s has a negative length: take 0 or more."
                .formatted(Arrays.toString(shape)));
      }
      isEmpty |= length == 0;
      try {
        size = Math.multiplyExact(size, Math.max(1, length));
      } catch (ArithmeticException overflow) {
        throw new IllegalArgumentException(
            "The shape %s of elements of %d bytes takes more than 2^63 - 1 bytes: take a smaller one."
                .formatted(Arrays.toString(shape), dtype.itemSizeBytes()),
            overflow);
      }
    }
    return isEmpty ? 0 : size;
  }

  @Override
  public Optional<String> name() {
    return mapping.name();
  }

  @Override
  public Optional<Path> path() {
    return mapping.path();
  }

  @Override
  public String toString() {
    return "SharedMemory[format=%s, shape=%s, %s]"
        .formatted(format(), Arrays.toString(shape()), mapping);
  }
}

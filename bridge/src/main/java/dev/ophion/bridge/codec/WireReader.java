package dev.ophion.bridge.codec;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Takes numbers, text and bytes from a reply. */
class WireReader {

  private static final ByteBuffer NOTHING =
      ByteBuffer.allocateDirect(0).order(ByteOrder.LITTLE_ENDIAN);

  /** The reply, positioned where the next byte comes from. */
  ByteBuffer in = NOTHING;

  private final byte[] latin1 = new byte[256];

  /**
   * Reads one byte.
   *
   * @return a status or a flag
   */
  public final int u8() {
    return in.get() & 0xFF;
  }

  /**
   * Reads four bytes.
   *
   * @return a count
   */
  public final int u32() {
    return in.getInt();
  }

  /**
   * Reads eight bytes.
   *
   * @return an address, for example
   */
  public final long u64() {
    return in.getLong();
  }

  /**
   * Reads a str.
   *
   * @return its text
   */
  public final String str() {
    byte tag = in.get();
    if (tag == Tag.STR8) {
      return latin1();
    } else if (tag == Tag.STR16) {
      return utf16();
    }
    throw malformed(tag);
  }

  final String latin1() {
    int length = in.getInt();
    if (length > latin1.length) {
      byte[] bytes = new byte[length];
      in.get(bytes);
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    in.get(latin1, 0, length);
    return new String(latin1, 0, length, StandardCharsets.ISO_8859_1);
  }

  final String utf16() {
    char[] units = new char[in.getInt()];
    in.asCharBuffer().get(units);
    in.position(in.position() + 2 * units.length);
    return new String(units);
  }

  final byte[] bytes() {
    byte[] bytes = new byte[Math.toIntExact(in.getLong())];
    in.get(bytes);
    return bytes;
  }

  final BigInteger bigInteger() {
    byte[] bytes = new byte[in.getInt()];
    for (int i = bytes.length - 1; i >= 0; i--) {
      bytes[i] = in.get();
    }
    return new BigInteger(bytes);
  }

  final double[] doubles() {
    in.get();
    double[] array = new double[in.getInt()];
    in.asDoubleBuffer().get(array);
    in.position(in.position() + Double.BYTES * array.length);
    return array;
  }

  /** The body of an array whose elements were wanted. */
  final Object elements() {
    byte letter = in.get();
    int size = Math.toIntExact(in.getLong());
    Object array;
    switch (letter) {
      case 'd' -> {
        double[] doubles = new double[size / Double.BYTES];
        in.asDoubleBuffer().get(doubles);
        array = doubles;
      }
      case 'f' -> {
        float[] floats = new float[size / Float.BYTES];
        in.asFloatBuffer().get(floats);
        array = floats;
      }
      case 'q' -> {
        long[] longs = new long[size / Long.BYTES];
        in.asLongBuffer().get(longs);
        array = longs;
      }
      case 'i' -> {
        int[] ints = new int[size / Integer.BYTES];
        in.asIntBuffer().get(ints);
        array = ints;
      }
      case 'h' -> {
        short[] shorts = new short[size / Short.BYTES];
        in.asShortBuffer().get(shorts);
        array = shorts;
      }
      default -> throw malformed(letter);
    }
    in.position(in.position() + size);
    return array;
  }

  final long[] longs() {
    in.get();
    long[] array = new long[in.getInt()];
    in.asLongBuffer().get(array);
    in.position(in.position() + Long.BYTES * array.length);
    return array;
  }

  /**
   * Reads the description of memory, behind its tag and its number.
   *
   * @return where it is and what it holds
   */
  public final Memory memory() {
    long address = in.getLong();
    long sizeBytes = in.getLong();
    boolean readOnly = in.get() != 0;
    String format = str();
    int itemSize = in.getInt();
    long[] shape = new long[in.getInt()];
    long[] strides = new long[shape.length];
    return new Memory(
        address, sizeBytes, readOnly, format, itemSize, filled(shape), filled(strides));
  }

  private long[] filled(long[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getLong();
    }
    return values;
  }

  /**
   * Reads bytes as they are.
   *
   * @param length how many
   * @return the bytes
   */
  public final byte[] raw(int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  static IllegalStateException malformed(byte tag) {
    return new IllegalStateException("The reply has the tag " + tag + " where it cannot stand.");
  }
}

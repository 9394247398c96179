package dev.ophion.bridge.transfer;

import dev.ophion.Complex;
import dev.ophion.DType;
import java.math.BigInteger;
import java.nio.ByteOrder;

/** Numbers of one type in memory: what reads and writes an element at an offset. Immutable. */
final class Element {

  private final Cells cells;
  private final DType type;
  private final DType.Kind kind;
  private final int size;
  private final boolean swapped;

  Element(Cells cells, DType type) {
    this.cells = cells;
    this.type = type;
    kind = type.kind();
    size = type.itemSizeBytes();
    swapped = type.order() != ByteOrder.nativeOrder();
  }

  DType type() {
    return type;
  }

  Cells cells() {
    return cells;
  }

  private short bits16(long at) {
    short bits = cells.getShort(at);
    return swapped ? Short.reverseBytes(bits) : bits;
  }

  int bits32(long at) {
    int bits = cells.getInt(at);
    return swapped ? Integer.reverseBytes(bits) : bits;
  }

  long bits64(long at) {
    long bits = cells.getLong(at);
    return swapped ? Long.reverseBytes(bits) : bits;
  }

  private void bits16(long at, short bits) {
    cells.putShort(at, swapped ? Short.reverseBytes(bits) : bits);
  }

  void bits32(long at, int bits) {
    cells.putInt(at, swapped ? Integer.reverseBytes(bits) : bits);
  }

  void bits64(long at, long bits) {
    cells.putLong(at, swapped ? Long.reverseBytes(bits) : bits);
  }

  double getDouble(long at) {
    return switch (kind) {
      case FLOAT -> floatAt(at, size);
      case INT, UINT -> exactDouble(at);
      default -> throw wrong("a float or an integer");
    };
  }

  private double floatAt(long at, int bytes) {
    return switch (bytes) {
      case Double.BYTES -> Double.longBitsToDouble(bits64(at));
      case Float.BYTES -> Float.intBitsToFloat(bits32(at));
      default -> Half.toFloat(bits16(at));
    };
  }

  private double exactDouble(long at) {
    long value = integer(at);
    double converted = value;
    boolean isUnsigned = kind == DType.Kind.UINT && value < 0;
    if (isUnsigned || (long) converted != value || value == Long.MAX_VALUE) {
      BigInteger whole = unsigned(value, isUnsigned);
      converted = whole.doubleValue();
      if (!new java.math.BigDecimal(converted).toBigInteger().equals(whole)) {
        throw new ArithmeticException(
            "The integer %s has no exact double: take getLong.".formatted(whole));
      }
    }
    return converted;
  }

  private static BigInteger unsigned(long bits, boolean isUnsigned) {
    BigInteger value = BigInteger.valueOf(bits);
    return isUnsigned ? value.add(BigInteger.ONE.shiftLeft(Long.SIZE)) : value;
  }

  float getFloat(long at) {
    if (kind == DType.Kind.FLOAT && size == Float.BYTES) {
      return Float.intBitsToFloat(bits32(at));
    }
    double value = getDouble(at);
    float narrow = (float) value;
    if (narrow != value && !Double.isNaN(value)) {
      throw new ArithmeticException(
          "The number %s has no exact float: take getDouble.".formatted(value));
    }
    return narrow;
  }

  long getLong(long at) {
    return switch (kind) {
      case INT -> integer(at);
      case UINT -> {
        long value = integer(at);
        if (value < 0) {
          throw new ArithmeticException(
              "The integer %s does not fit a long: take get, or getBytes."
                  .formatted(unsigned(value, true)));
        }
        yield value;
      }
      case DATETIME, TIMEDELTA -> bits64(at);
      default -> throw wrong("an integer, a date or a duration");
    };
  }

  /** A {@code c} is a byte. */
  byte getByte(long at) {
    if (kind == DType.Kind.CHAR) {
      return cells.getByte(at);
    }
    return (byte) getWithin(at, Byte.MIN_VALUE, Byte.MAX_VALUE);
  }

  long getWithin(long at, long lowest, long highest) {
    if (kind != DType.Kind.INT && kind != DType.Kind.UINT) {
      throw wrong("an integer");
    }
    long value = getLong(at);
    if (value < lowest || value > highest) {
      throw new ArithmeticException(
          "The integer %d is not within %d and %d: take getLong."
              .formatted(value, lowest, highest));
    }
    return value;
  }

  /** Sign-extended, or zero-extended up to 32 bits. */
  private long integer(long at) {
    boolean isSigned = kind == DType.Kind.INT;
    return switch (size) {
      case Long.BYTES -> bits64(at);
      case Integer.BYTES -> isSigned ? bits32(at) : Integer.toUnsignedLong(bits32(at));
      case Short.BYTES -> isSigned ? bits16(at) : Short.toUnsignedLong(bits16(at));
      default -> isSigned ? cells.getByte(at) : Byte.toUnsignedLong(cells.getByte(at));
    };
  }

  /** Long or BigInteger. */
  Object getInteger(long at) {
    long value = integer(at);
    if (kind == DType.Kind.UINT && value < 0) {
      return unsigned(value, true);
    }
    return value;
  }

  boolean getBoolean(long at) {
    require(DType.Kind.BOOL, "a bool");
    return cells.getByte(at) != 0;
  }

  Complex getComplex(long at) {
    if (kind == DType.Kind.FLOAT) {
      return new Complex(floatAt(at, size), 0);
    }
    require(DType.Kind.COMPLEX, "a complex number or a float");
    int part = size / 2;
    return new Complex(floatAt(at, part), floatAt(at + part, part));
  }

  void setDouble(long at, double value) {
    if (kind == DType.Kind.COMPLEX) {
      setComplex(at, new Complex(value, 0));
      return;
    }
    require(DType.Kind.FLOAT, "a float or a complex number");
    check(value, size);
    put(at, value, size);
  }

  void setComplex(long at, Complex value) {
    require(DType.Kind.COMPLEX, "a complex number");
    int part = size / 2;
    check(value.real(), part);
    check(value.imaginary(), part);
    put(at, value.real(), part);
    put(at + part, value.imaginary(), part);
  }

  private void check(double value, int bytes) {
    boolean isOverflow =
        switch (bytes) {
          case Double.BYTES -> false;
          case Float.BYTES -> Float.isInfinite((float) value) && !Double.isInfinite(value);
          default -> Half.isOverflow(value, Half.of(value));
        };
    if (isOverflow) {
      throw outOfRange(value);
    }
  }

  private void put(long at, double value, int bytes) {
    switch (bytes) {
      case Double.BYTES -> bits64(at, Double.doubleToRawLongBits(value));
      case Float.BYTES -> bits32(at, Float.floatToRawIntBits((float) value));
      default -> bits16(at, Half.of(value));
    }
  }

  void setLong(long at, long value) {
    switch (kind) {
      case INT -> putInteger(at, value, -1L << ((Byte.SIZE * size) - 1));
      case UINT -> putInteger(at, value, 0);
      case DATETIME, TIMEDELTA -> bits64(at, value);
      case FLOAT -> {
        double number = value;
        check(number, size);
        double stored = size == Short.BYTES ? Half.toFloat(Half.of(number)) : number;
        stored = size == Float.BYTES ? (float) number : stored;
        if ((long) stored != value || value == Long.MAX_VALUE) {
          throw outOfRange(value);
        }
        put(at, number, size);
      }
      default -> throw wrong("a number, a date or a duration");
    }
  }

  private void putInteger(long at, long value, long lowest) {
    long highest = ~lowest;
    if (lowest == 0) {
      highest = size == Long.BYTES ? Long.MAX_VALUE : (1L << (Byte.SIZE * size)) - 1;
    }
    if (value < lowest || value > highest) {
      throw outOfRange(value);
    }
    switch (size) {
      case Long.BYTES -> bits64(at, value);
      case Integer.BYTES -> bits32(at, (int) value);
      case Short.BYTES -> bits16(at, (short) value);
      default -> cells.putByte(at, (byte) value);
    }
  }

  void setBoolean(long at, boolean value) {
    require(DType.Kind.BOOL, "a bool");
    cells.putByte(at, (byte) (value ? 1 : 0));
  }

  private void require(DType.Kind wanted, String what) {
    if (kind != wanted) {
      throw wrong(what);
    }
  }

  IllegalStateException wrong(String wanted) {
    return new IllegalStateException(
        "The array's dtype is '%s', and this method needs %s: take the one that fits, or get."
            .formatted(type, wanted));
  }

  ArithmeticException outOfRange(Object value) {
    return new ArithmeticException("The dtype '%s' does not hold %s.".formatted(type, value));
  }
}

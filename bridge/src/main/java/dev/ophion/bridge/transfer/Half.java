package dev.ophion.bridge.transfer;

/**
 * IEEE 754 binary16, by hand: the JDK converts it from 20 on. Keeps signs, subnormals, and the ten
 * highest bits of a NaN's payload; rounds to nearest, ties to even, in one step. Stateless.
 */
final class Half {

  private static final int MANTISSA = 0x3FF;
  private static final int INFINITY = 0x7C00;
  private static final int LOST_BITS = 42;
  private static final int LEAST_EXPONENT = -14;

  private Half() {}

  static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1F;
    int mantissa = half & MANTISSA;
    if (exponent == 0x1F) {
      return Float.intBitsToFloat(sign | 0x7F800000 | (mantissa << 13));
    } else if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (mantissa << 13));
  }

  /** Infinite where a finite value is too large; {@link #isOverflow} tells. */
  static short of(double value) {
    long bits = Double.doubleToRawLongBits(value);
    int sign = (int) (bits >>> 48) & 0x8000;
    long magnitude = bits & Long.MAX_VALUE;
    int exponent = (int) (magnitude >>> 52) - 1023;
    if (exponent == 1024) {
      return (short) (sign | INFINITY | nan(magnitude));
    } else if (exponent > 15) {
      return (short) (sign | INFINITY);
    } else if (exponent >= LEAST_EXPONENT) {
      long scaled = magnitude - ((1023L - 15) << 52);
      return (short) (sign | rounded(scaled, LOST_BITS));
    } else if (exponent < LEAST_EXPONENT - 11) {
      return (short) sign;
    }
    long significand = (magnitude & ((1L << 52) - 1)) | (1L << 52);
    return (short) (sign | rounded(significand, LOST_BITS + LEAST_EXPONENT - exponent));
  }

  static boolean isOverflow(double value, short half) {
    return (half & 0x7FFF) == INFINITY && !Double.isInfinite(value);
  }

  private static int nan(long magnitude) {
    if (magnitude == 0x7FFL << 52) {
      return 0;
    }
    int payload = (int) (magnitude >>> LOST_BITS) & MANTISSA;
    return payload == 0 ? 0x200 : payload;
  }

  /** A carry out of the mantissa goes into the exponent, as it should. */
  private static int rounded(long bits, int lost) {
    long kept = bits >>> lost;
    long rest = bits & ((1L << lost) - 1);
    long half = 1L << (lost - 1);
    boolean up = rest > half || (rest == half && (kept & 1) != 0);
    return (int) kept + (up ? 1 : 0);
  }
}

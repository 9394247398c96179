package dev.ophion.bridge.codec;

import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Exact conversions between the boxes. */
final class Numbers {

  private Numbers() {}

  static Class<?> boxed(Class<?> type) {
    return type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
  }

  /** Null if the value does not fit exactly. */
  static @Nullable Object narrow(Object value, Class<?> wanted) {
    if (wanted.isInstance(value)) {
      return value;
    } else if (value instanceof Long number) {
      return integer(number, wanted);
    } else if (value instanceof Double number) {
      return wanted == Float.class ? single(number) : null;
    } else if (value instanceof BigInteger number) {
      return wanted == BigDecimal.class ? new BigDecimal(number) : wide(number, wanted);
    } else if (value instanceof String text && wanted == Character.class) {
      return text.length() == 1 ? text.charAt(0) : null;
    }
    return null;
  }

  private static @Nullable Object integer(long value, Class<?> wanted) {
    if (wanted == Integer.class) {
      return (int) value == value ? (Object) (int) value : null;
    } else if (wanted == Short.class) {
      return (short) value == value ? (Object) (short) value : null;
    } else if (wanted == Byte.class) {
      return (byte) value == value ? (Object) (byte) value : null;
    } else if (wanted == BigInteger.class) {
      return BigInteger.valueOf(value);
    } else if (wanted == BigDecimal.class) {
      return BigDecimal.valueOf(value);
    } else if (wanted == Double.class) {
      // Long.MAX_VALUE as a double is 2^63, which the cast back would clamp.
      double result = value;
      return (long) result == value && result != 0x1p63 ? (Object) result : null;
    } else if (wanted == Float.class) {
      float result = value;
      return (long) result == value && result != 0x1p63f ? (Object) result : null;
    }
    return null;
  }

  private static @Nullable Object single(double value) {
    float result = (float) value;
    return result == value || Double.isNaN(value) ? (Object) result : null;
  }

  private static @Nullable Object wide(BigInteger value, Class<?> wanted) {
    if (wanted != Double.class && wanted != Float.class) {
      return null;
    }
    double result = value.doubleValue();
    if (Double.isInfinite(result) || !new BigDecimal(result).toBigInteger().equals(value)) {
      return null;
    }
    return wanted == Double.class ? (Object) result : single(result);
  }
}

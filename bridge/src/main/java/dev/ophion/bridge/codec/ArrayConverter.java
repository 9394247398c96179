package dev.ophion.bridge.codec;

import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Java arrays of lists, of Python's arrays and of bytes. Always copies. */
final class ArrayConverter {

  private ArrayConverter() {}

  /** Null if the value is nothing of this kind. */
  static @Nullable Object convert(Object value, Type type) {
    Class<?> raw = Bindings.raw(type);
    if (value instanceof List<?> list) {
      return elements(list, component(type), raw.getComponentType());
    } else if (value instanceof NdArray array && raw.getComponentType().isPrimitive()) {
      return elements(array, raw);
    } else if (raw == byte[].class && value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    } else if (raw == char[].class && value instanceof String text) {
      return text.toCharArray();
    }
    return null;
  }

  private static Type component(Type type) {
    return type instanceof GenericArrayType generic
        ? generic.getGenericComponentType()
        : Bindings.raw(type).getComponentType();
  }

  private static Object elements(NdArray array, Class<?> raw) {
    try (array) {
      return array.toArray(raw);
    } catch (NotTransferableException
        | IllegalStateException
        | IllegalArgumentException
        | ArithmeticException e) {
      throw new Refusal(String.valueOf(e.getMessage()), e);
    }
  }

  private static Object elements(List<?> list, Type component, Class<?> raw) {
    int length = list.size();
    int i = 0;
    try {
      if (raw == double.class) {
        double[] array = new double[length];
        for (; i < length; i++) {
          Object item = list.get(i);
          array[i] = item instanceof Double number ? number : (double) present(item, raw);
        }
        return array;
      }
      Object array = Array.newInstance(raw, length);
      for (; i < length; i++) {
        Array.set(array, i, Converter.convert(list.get(i), component));
      }
      return array;
    } catch (Refusal refusal) {
      throw refusal.inIndex(i);
    }
  }

  private static Object present(@Nullable Object item, Class<?> raw) {
    Object converted = Converter.convert(item, raw);
    if (converted == null) {
      throw new IllegalStateException("A primitive is never None.");
    }
    return converted;
  }
}

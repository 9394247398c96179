package dev.ophion.bridge.codec;

import dev.ophion.EnumMember;
import dev.ophion.NdArray;
import dev.ophion.PythonObject;
import dev.ophion.Tuple;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns the natural value of a reply into the type that the caller wants: exactly, or not at all.
 * Stateless.
 */
final class Converter {

  private Converter() {}

  /** The type holds no variables of a class around it, see {@link Bindings#resolve}. */
  static @Nullable Object convert(@Nullable Object value, Type type) {
    // First and alone: a look whether a class is a ParameterizedType searches all its interfaces.
    if (type instanceof Class<?> plain && plain.isInstance(value)) {
      return value;
    }
    Class<?> raw = Bindings.raw(type);
    if (raw == Object.class) {
      return value;
    }
    if (raw == Optional.class) {
      Type content = argument(type, 0);
      return Optional.ofNullable(convert(value, content));
    }
    if (value == null) {
      if (raw.isPrimitive()) {
        throw new Refusal("It is None, which the primitive %s cannot hold.".formatted(raw));
      }
      return null;
    }
    if (type instanceof ParameterizedType generic && raw.isInterface()) {
      Object converted = container(value, raw, generic);
      if (converted != null) {
        return converted;
      }
    }
    if (raw.isInstance(value)) {
      return value;
    }
    Object converted = exact(value, raw, type);
    if (converted == null) {
      throw unfit(value, type);
    }
    return converted;
  }

  private static @Nullable Object exact(Object value, Class<?> raw, Type type) {
    if (raw.isPrimitive() || Number.class.isAssignableFrom(raw) || raw == Boolean.class) {
      return Numbers.narrow(value, Numbers.boxed(raw));
    } else if (raw == Character.class) {
      return Numbers.narrow(value, raw);
    } else if (raw.isEnum()) {
      return constant(value, raw);
    } else if (raw.isRecord()) {
      return record(value, RecordShape.of(raw), type);
    } else if (raw.isArray()) {
      return ArrayConverter.convert(value, type);
    } else if (Buffer.class.isAssignableFrom(raw)) {
      return buffer(value, raw);
    } else if (raw == Path.class && value instanceof String text) {
      return path(text);
    }
    return time(value, raw);
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new Refusal(pathMessage(text, e), e);
    }
  }

  static String pathMessage(String text, InvalidPathException e) {
    return ("Java cannot hold the path '%s' (%s): start the JVM with a UTF-8 locale, or return "
            + "str(path).")
        .formatted(text, e.getReason());
  }

  private static @Nullable Object time(Object value, Class<?> raw) {
    OffsetDateTime aware =
        value instanceof OffsetDateTime fixed
            ? fixed
            : value instanceof ZonedDateTime zoned ? zoned.toOffsetDateTime() : null;
    if (aware == null) {
      return null;
    } else if (raw == Instant.class) {
      return aware.toInstant();
    } else if (raw == OffsetDateTime.class) {
      return aware;
    }
    return raw == ZonedDateTime.class ? aware.toZonedDateTime() : null;
  }

  /** A view that keeps the memory pinned while it is reachable, so that the array can be closed. */
  private static @Nullable Object buffer(Object value, Class<?> raw) {
    if (raw == ByteBuffer.class && value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }
    if (!(value instanceof NdArray array)) {
      return null;
    }
    try (array) {
      if (raw == ByteBuffer.class) {
        return array.buffer().asByteBuffer().order(array.order());
      } else if (raw == DoubleBuffer.class) {
        return array.asDoubleBuffer();
      } else if (raw == FloatBuffer.class) {
        return array.asFloatBuffer();
      } else if (raw == LongBuffer.class) {
        return array.asLongBuffer();
      } else if (raw == IntBuffer.class) {
        return array.asIntBuffer();
      }
      return raw == ShortBuffer.class ? array.asShortBuffer() : null;
    } catch (IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException
        | ArithmeticException e) {
      throw new Refusal(String.valueOf(e.getMessage()), e);
    }
  }

  private static Object constant(Object value, Class<?> raw) {
    String name = value instanceof EnumMember member ? member.name() : null;
    if (value instanceof String text) {
      name = text;
    }
    if (name == null) {
      throw unfit(value, raw);
    }
    for (Object constant : raw.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new Refusal(
        "The enum %s has no constant '%s', it has %s."
            .formatted(raw.getTypeName(), name, Arrays.toString(raw.getEnumConstants())));
  }

  private static Object record(Object value, RecordShape shape, Type type) {
    Bindings inner = Bindings.of(type);
    if (value instanceof Map<?, ?> map) {
      return byName(map, shape, inner);
    } else if (value instanceof Tuple tuple) {
      return byPosition(tuple, shape, inner);
    }
    throw unfit(value, type);
  }

  private static Object byName(Map<?, ?> map, RecordShape shape, Bindings bindings) {
    if (map.size() != shape.size() || !map.keySet().containsAll(shape.pythonNames())) {
      Set<String> missing = new TreeSet<>(shape.pythonNames());
      Set<String> extra = new TreeSet<>();
      for (Object key : map.keySet()) {
        if (!missing.remove(String.valueOf(key))) {
          extra.add(String.valueOf(key));
        }
      }
      throw new Refusal(
          "Its names do not fit the record %s: missing %s, unknown %s."
              .formatted(shape.type().getTypeName(), missing, extra));
    }
    @Nullable Object[] values = new @Nullable Object[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = component(map.get(shape.pythonNames().get(i)), shape, i, bindings);
    }
    return shape.make(values);
  }

  private static Object byPosition(Tuple tuple, RecordShape shape, Bindings bindings) {
    if (tuple.size() != shape.size()) {
      throw new Refusal(
          "The tuple has %d elements, the record %s has %d components: %s."
              .formatted(
                  tuple.size(), shape.type().getTypeName(), shape.size(), shape.components()));
    }
    @Nullable Object[] values = new @Nullable Object[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = component(tuple.get(i), shape, i, bindings);
    }
    return shape.make(values);
  }

  private static @Nullable Object component(
      @Nullable Object value, RecordShape shape, int index, Bindings bindings) {
    try {
      return convert(value, bindings.resolve(shape.type(index)));
    } catch (Refusal refusal) {
      throw refusal.inField(shape.component(index));
    }
  }

  /** Null if the value is no such container; it then is refused like any other. */
  private static @Nullable Object container(Object value, Class<?> raw, ParameterizedType type) {
    if (value instanceof Map<?, ?> map && raw.isAssignableFrom(LinkedHashMap.class)) {
      return map(map, type);
    } else if (value instanceof Set<?> set && raw.isAssignableFrom(LinkedHashSet.class)) {
      return elements(set, new LinkedHashSet<>(), type);
    } else if (value instanceof List<?> list && raw.isAssignableFrom(ArrayList.class)) {
      return elements(list, new ArrayList<>(list.size()), type);
    }
    return null;
  }

  private static Object elements(
      Collection<?> from, Collection<@Nullable Object> to, ParameterizedType type) {
    Type element = argument(type, 0);
    int i = 0;
    try {
      for (Object item : from) {
        to.add(convert(item, element));
        i++;
      }
    } catch (Refusal refusal) {
      throw to instanceof Set ? refusal.inElement(i) : refusal.inIndex(i);
    }
    if (to.size() != from.size()) {
      throw equal("elements", element);
    }
    return to;
  }

  private static Object map(Map<?, ?> from, ParameterizedType type) {
    Map<@Nullable Object, @Nullable Object> to = new LinkedHashMap<>();
    int i = 0;
    for (Map.Entry<?, ?> entry : from.entrySet()) {
      Object key;
      try {
        key = convert(entry.getKey(), argument(type, 0));
      } catch (Refusal refusal) {
        throw refusal.inKeyPosition(i);
      }
      try {
        to.put(key, convert(entry.getValue(), argument(type, 1)));
      } catch (Refusal refusal) {
        throw refusal.inKey(entry.getKey());
      }
      i++;
    }
    if (to.size() != from.size()) {
      throw equal("keys", argument(type, 0));
    }
    return to;
  }

  private static Refusal equal(String what, Type wanted) {
    return new Refusal(
        "Two of its %s differ but are equal as %s: ask for another class."
            .formatted(what, wanted.getTypeName()));
  }

  private static Type argument(Type type, int index) {
    return type instanceof ParameterizedType generic
        ? generic.getActualTypeArguments()[index]
        : Object.class;
  }

  static Refusal unfit(Object value, Type wanted) {
    String remedy =
        wanted == NdArray.class
            ? "send what exports a buffer (memoryview(x), array.array, numpy.ndarray, to_numpy(); "
                + "of a masked array x.filled(value))"
            : "ask for a class that holds it, or for Object";
    return new Refusal(
        "It is %s, which does not fit %s: %s."
            .formatted(describe(value), wanted.getTypeName(), remedy));
  }

  /** A text for the value: the value itself if it is short, and what it is. */
  private static String describe(Object value) {
    String kind = value.getClass().getTypeName();
    if (value instanceof RecordFields fields) {
      return "an instance of the dataclass " + fields.type();
    } else if (value instanceof PythonObject object) {
      return "an object of Python's class " + object.typeName();
    } else if (value instanceof NdArray array) {
      return "an array of " + array.dtype();
    } else if (value instanceof EnumMember member) {
      return "the enum member " + member.type() + "." + member.name();
    } else if (value instanceof Number || value instanceof Boolean) {
      String text = value.toString();
      return (text.length() > 40 ? text.substring(0, 40) + "..." : text) + " (" + kind + ")";
    }
    return "a " + kind;
  }
}

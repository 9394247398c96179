package dev.ophion.bridge.codec;

import dev.ophion.Complex;
import dev.ophion.EnumMember;
import dev.ophion.FrozenSet;
import dev.ophion.NdArray;
import dev.ophion.PythonObject;
import dev.ophion.Tuple;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a reply: texts and values, one behind the other.
 *
 * <p><b>Threading:</b> confined to one thread at a time.
 *
 * <p><b>Ownership:</b> borrows the memory of the reply. The handles and arrays it makes belong to
 * whoever gets the value; if the value is refused, they are closed, and what the reply refers to
 * behind them belongs to whoever has the reply.
 */
public final class Decoder extends WireReader {

  private final References references;

  /** Handles and arrays of the value that is being read. */
  private final List<@Nullable Object> made = new ArrayList<>();

  /**
   * Makes a decoder.
   *
   * @param references of the interpreter that replies
   */
  public Decoder(References references) {
    this.references = references;
  }

  /**
   * Begins with a reply.
   *
   * @param reply little-endian, from its position on; used until the next call
   */
  @SuppressWarnings("ReferenceEquality") // the same place is asked for, not the same content
  public void begin(ByteBuffer reply) {
    // A store into an old object costs the collector's fence, even of what is there already.
    if (in != reply) {
      in = reply;
    }
    made.clear();
  }

  /**
   * Whether the next value is STOP; if so, it is read.
   *
   * @return whether the iterator is exhausted
   */
  public boolean stop() {
    if (in.get(in.position()) != Tag.STOP) {
      return false;
    }
    in.get();
    return true;
  }

  /**
   * Reads a value as what it naturally is.
   *
   * @return the value
   */
  public @Nullable Object value() {
    return value(Object.class, "result");
  }

  /**
   * Reads a value.
   *
   * @param wanted what it is to become
   * @param subject what to call it if it is refused, for example {@code result}
   * @return a value of the wanted type, or null for None
   * @throws dev.ophion.NotTransferableException if it does not fit; names the path
   */
  public @Nullable Object value(Type wanted, String subject) {
    if (wanted == double[].class && in.get(in.position()) == Tag.FLOATS) {
      return doubles();
    } else if (wanted == long[].class && in.get(in.position()) == Tag.INTS) {
      return longs();
    }
    try {
      Object natural = any();
      return wanted == Object.class ? natural : Converter.convert(natural, wanted);
    } catch (Refusal refusal) {
      discard();
      throw refusal.toException(subject);
    } catch (RuntimeException | Error e) {
      discard();
      throw e;
    } finally {
      made.clear();
    }
  }

  private void discard() {
    for (Object last : made) {
      if (last instanceof PythonObject handle) {
        handle.close();
      } else if (last instanceof NdArray array) {
        array.close();
      }
    }
  }

  private @Nullable Object any() {
    byte tag = in.get();
    return switch (tag) {
      case Tag.NONE -> null;
      case Tag.FALSE -> false;
      case Tag.TRUE -> true;
      case Tag.INT64 -> in.getLong();
      case Tag.FLOAT -> in.getDouble();
      case Tag.STR8 -> latin1();
      case Tag.STR16 -> utf16();
      case Tag.LIST -> list();
      case Tag.TUPLE -> Tuple.of(items(new @Nullable Object[in.getInt()]));
      case Tag.DICT -> dict();
      case Tag.FLOATS -> floats();
      case Tag.INTS -> ints();
      case Tag.RECORD -> fields();
      default -> other(tag);
    };
  }

  private @Nullable Object other(byte tag) {
    return switch (tag) {
      case Tag.BIG_INT -> largeInteger();
      case Tag.COMPLEX -> new Complex(in.getDouble(), in.getDouble());
      case Tag.BYTES -> bytes();
      case Tag.BYTE_ARRAY -> ByteBuffer.wrap(bytes());
      case Tag.SET -> set();
      case Tag.FROZEN_SET -> FrozenSet.copyOf(set());
      case Tag.DATE -> TimeDecoder.date(in);
      case Tag.TIME -> TimeDecoder.time(in);
      case Tag.DATE_TIME -> TimeDecoder.dateTime(in, this);
      case Tag.TIME_DELTA -> TimeDecoder.duration(in);
      case Tag.DECIMAL -> decimal(str());
      case Tag.UUID -> new UUID(Long.reverseBytes(in.getLong()), Long.reverseBytes(in.getLong()));
      case Tag.PATH -> path(str());
      case Tag.ENUM -> enumMember();
      case Tag.HANDLE -> handle();
      case Tag.BUFFER -> array();
      case Tag.ARRAY -> elements();
      default -> throw malformed(tag);
    };
  }

  private BigInteger largeInteger() {
    try {
      return bigInteger();
    } catch (ArithmeticException e) {
      throw new Refusal(
          "The int has more bits than a BigInteger: return it as bytes (int.to_bytes).", e);
    }
  }

  private static BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new Refusal("The Decimal does not fit a BigDecimal: return str(value).", e);
    }
  }

  private @Nullable Object[] items(@Nullable Object[] items) {
    int i = 0;
    try {
      for (; i < items.length; i++) {
        items[i] = any();
      }
    } catch (Refusal refusal) {
      throw refusal.inIndex(i);
    }
    return items;
  }

  private List<@Nullable Object> list() {
    int length = in.getInt();
    List<@Nullable Object> list = new ArrayList<>(length);
    int i = 0;
    try {
      for (; i < length; i++) {
        list.add(any());
      }
    } catch (Refusal refusal) {
      throw refusal.inIndex(i);
    }
    return list;
  }

  private List<@Nullable Object> floats() {
    int length = in.getInt();
    List<@Nullable Object> list = new ArrayList<>(length);
    int place = in.position();
    for (int i = 0; i < length; i++) {
      list.add(in.getDouble(place + Double.BYTES * i));
    }
    in.position(place + Double.BYTES * length);
    return list;
  }

  private List<@Nullable Object> ints() {
    int length = in.getInt();
    List<@Nullable Object> list = new ArrayList<>(length);
    int place = in.position();
    for (int i = 0; i < length; i++) {
      list.add(in.getLong(place + Long.BYTES * i));
    }
    in.position(place + Long.BYTES * length);
    return list;
  }

  private Set<@Nullable Object> set() {
    int length = in.getInt();
    Set<@Nullable Object> set = new LinkedHashSet<>(capacity(length));
    int i = 0;
    try {
      for (; i < length; i++) {
        set.add(any());
      }
    } catch (Refusal refusal) {
      throw refusal.inElement(i);
    }
    if (set.size() != length) {
      throw equal("elements");
    }
    return set;
  }

  private Map<@Nullable Object, @Nullable Object> dict() {
    int length = in.getInt();
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>(capacity(length));
    for (int i = 0; i < length; i++) {
      Object key = key(i);
      try {
        map.put(key, any());
      } catch (Refusal refusal) {
        throw refusal.inKey(key);
      }
    }
    if (map.size() != length) {
      throw equal("keys");
    }
    return map;
  }

  private @Nullable Object key(int index) {
    try {
      return any();
    } catch (Refusal refusal) {
      throw refusal.inKeyPosition(index);
    }
  }

  private static int capacity(int length) {
    return length < 1 << 29 ? length + length / 2 + 1 : length;
  }

  private static Refusal equal(String what) {
    return new Refusal(
        ("Two of its %s differ in Python but are equal in Java: convert them to distinct text "
                + "or numbers.")
            .formatted(what));
  }

  private Map<String, @Nullable Object> fields() {
    String type = str();
    int length = in.getInt();
    Map<String, @Nullable Object> fields = new RecordFields(type, capacity(length));
    for (int i = 0; i < length; i++) {
      String name = str();
      try {
        fields.put(name, any());
      } catch (Refusal refusal) {
        throw refusal.inField(name);
      }
    }
    if (fields.size() != length) {
      throw new Refusal(
          "Two fields of the dataclass %s have the same name: return a dict.".formatted(type));
    }
    return fields;
  }

  private EnumMember enumMember() {
    String type = str();
    String name = str();
    try {
      return new EnumMember(type, name, any());
    } catch (Refusal refusal) {
      throw refusal.inField("value");
    }
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new Refusal(Converter.pathMessage(text, e), e);
    }
  }

  private PythonObject handle() {
    long id = in.getLong();
    String type = str();
    PythonObject handle = references.handle(id, type);
    made.add(handle);
    return handle;
  }

  private NdArray array() {
    long pin = in.getLong();
    NdArray array = references.array(pin, memory());
    made.add(array);
    return array;
  }
}

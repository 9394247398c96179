package dev.ophion.bridge.codec;

import dev.ophion.Complex;
import dev.ophion.EnumMember;
import dev.ophion.FrozenSet;
import dev.ophion.Keywords;
import dev.ophion.NdArray;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.Buffer;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes a request: ops, texts and values, one behind the other.
 *
 * <p><b>Threading:</b> confined to one thread at a time.
 *
 * <p><b>Ownership:</b> borrows the scratch. Leases that {@link References#lend} took out stay with
 * the references, also when a value is refused half-way.
 */
public final class Encoder extends WireWriter {

  private final BufferEncoder buffers;
  private final References references;
  private @Nullable Object[] open = new @Nullable Object[16];
  private int depth;

  /**
   * Makes an encoder.
   *
   * @param scratch where it writes
   * @param references of the interpreter that the request goes to
   */
  public Encoder(Scratch scratch, References references) {
    super(scratch);
    this.references = references;
    this.buffers = new BufferEncoder(this);
  }

  /** Begins a request, over whatever the scratch held. */
  @Override
  public void begin() {
    super.begin();
    forget();
  }

  /** Keeps nothing of a value that was refused half-way. */
  private void forget() {
    while (depth > 0) {
      open[--depth] = null;
    }
  }

  /**
   * Writes a value.
   *
   * @param value any value of the table
   * @param subject what to call it if it is refused, for example {@code argument 0}
   * @throws dev.ophion.NotTransferableException if it cannot cross; names the path
   */
  public void value(@Nullable Object value, String subject) {
    try {
      any(value, false);
    } catch (Refusal refusal) {
      forget();
      throw refusal.toException(subject);
    } catch (ConcurrentModificationException change) {
      forget();
      throw new Refusal("It changed while it was being converted: pass a copy.", change)
          .toException(subject);
    }
  }

  /**
   * Writes the number of a handle that the request is about.
   *
   * @param object a handle of the interpreter that the request goes to
   * @throws IllegalStateException if it is closed
   */
  public void handle(PythonObject object) {
    u64(references.handleOf(object));
  }

  /**
   * Writes {@code args}: positional arguments, and {@link Keywords} if they come last.
   *
   * @param arguments as a caller gave them
   * @throws dev.ophion.NotTransferableException if one cannot cross; names the path
   */
  public void arguments(@Nullable Object[] arguments) {
    int positional = arguments.length;
    Keywords keywords = null;
    if (positional > 0 && arguments[positional - 1] instanceof Keywords last) {
      keywords = last;
      positional--;
    }
    u32(positional);
    for (int i = 0; i < positional; i++) {
      argument(arguments[i], i);
    }
    if (keywords == null) {
      u32(0);
      return;
    }
    u32(keywords.values().size());
    for (Map.Entry<String, @Nullable Object> entry : keywords.values().entrySet()) {
      str(entry.getKey(), "the name of a keyword argument");
      value(entry.getValue(), "argument " + entry.getKey());
    }
  }

  private void argument(@Nullable Object value, int index) {
    if (value instanceof Long number) {
      tagged(Tag.INT64, number);
    } else if (value instanceof Integer number) {
      tagged(Tag.INT64, number.longValue());
    } else if (value instanceof Double number) {
      float64(number);
    } else {
      try {
        any(value, false);
      } catch (Refusal refusal) {
        forget();
        throw refusal.toException("argument " + index);
      } catch (ConcurrentModificationException change) {
        forget();
        throw new Refusal("It changed while it was being converted: pass a copy.", change)
            .toException("argument " + index);
      }
    }
  }

  /** Hashable: as a dict's key or a set's element, where a list becomes a tuple. */
  private void any(@Nullable Object value, boolean hashable) {
    if (value == null) {
      u8(Tag.NONE);
    } else if (value instanceof String text) {
      text(text);
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof Boolean flag) {
      u8(flag ? Tag.TRUE : Tag.FALSE);
    } else if (value instanceof Map<?, ?> map) {
      map(map, hashable);
    } else if (value instanceof Collection<?> collection) {
      collection(collection, hashable);
    } else if (value instanceof Record record) {
      record(record, hashable);
    } else if (!scalar(value)) {
      memory(value, hashable);
    }
  }

  private void number(Number value) {
    if (value instanceof Long || value instanceof Integer) {
      tagged(Tag.INT64, value.longValue());
    } else if (value instanceof Double || value instanceof Float) {
      float64(value.doubleValue());
    } else if (value instanceof Short || value instanceof Byte) {
      tagged(Tag.INT64, value.longValue());
    } else if (value instanceof BigInteger integer) {
      bigInteger(integer);
    } else if (value instanceof BigDecimal decimal) {
      u8(Tag.DECIMAL);
      text(decimal.toString());
    } else {
      throw unknown(value);
    }
  }

  private void bigInteger(BigInteger value) {
    if (value.bitLength() < Long.SIZE) {
      tagged(Tag.INT64, value.longValue());
      return;
    }
    byte[] bytes = value.toByteArray();
    for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
      byte swapped = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = swapped;
    }
    ensure(5L + bytes.length);
    at.put(Tag.BIG_INT).putInt(bytes.length).put(bytes);
  }

  private boolean scalar(Object value) {
    if (value instanceof Enum<?> constant) {
      text(constant.name());
    } else if (value instanceof CharSequence && !(value instanceof Buffer)) {
      text(value.toString());
    } else if (value instanceof Character character) {
      text(character.toString());
    } else if (value instanceof Temporal temporal) {
      TimeEncoder.temporal(this, temporal);
    } else if (value instanceof Duration duration) {
      TimeEncoder.duration(this, duration);
    } else if (value instanceof UUID uuid) {
      uuid(uuid);
    } else if (value instanceof Path path) {
      path(path);
    } else if (value instanceof PythonObject object) {
      tagged(Tag.HANDLE, references.handleOf(object));
    } else if (value instanceof PythonFunction function) {
      tagged(Tag.HANDLE, references.handleOf(function));
    } else {
      return false;
    }
    return true;
  }

  private void memory(Object value, boolean hashable) {
    if (value instanceof Optional<?> optional) {
      any(optional.orElse(null), hashable);
    } else if (value instanceof Object[] array) {
      items(array.clone(), array, hashable ? Tag.TUPLE : Tag.LIST, hashable);
    } else if (value instanceof NdArray array) {
      references.lend(array, this::lent);
    } else if (value instanceof Buffer buffer && buffer.isDirect()) {
      ArenaBuffers.requireLasting(buffer);
      lent(references.lend(buffer), buffer);
    } else if (!buffers.copied(value, hashable)) {
      throw unknown(value);
    }
  }

  private void lent(Loan loan, Buffer buffer) {
    lent(loan.lease(), BufferEncoder.describe(loan.address(), buffer));
  }

  /** An array of the heap that Python reads itself; false, with nothing written, if it cannot. */
  final boolean held(byte tag, char typecode, Object array, long offset, long size) {
    long reference = references.hold(array);
    if (reference == 0) {
      return false;
    }
    ensure(27);
    at.put(Tag.HEAP_ARRAY).put(tag).put((byte) typecode);
    at.putLong(reference).putLong(offset).putLong(size);
    return true;
  }

  private void lent(long lease, Memory memory) {
    tagged(Tag.BUFFER, lease);
    memory(memory);
  }

  private void uuid(UUID value) {
    ensure(17);
    at.put(Tag.UUID);
    at.putLong(Long.reverseBytes(value.getMostSignificantBits()));
    at.putLong(Long.reverseBytes(value.getLeastSignificantBits()));
  }

  private void path(Path value) {
    if (value.getFileSystem() != FileSystems.getDefault()) {
      throw new Refusal(
          ("The path is of the file system '%s', which Python does not see: copy the file to the "
                  + "default file system.")
              .formatted(value.getFileSystem().provider().getScheme()));
    }
    u8(Tag.PATH);
    text(value.toString());
  }

  private void enter(Object container) {
    for (int i = depth - 1; i >= 0; i--) {
      if (open[i] == container) {
        throw new Refusal(
            "The %s holds itself: break the cycle, or pass what points back by a name."
                .formatted(nameOf(container)));
      }
    }
    if (depth == Limits.MAX_DEPTH) {
      throw Refusal.depth();
    }
    if (depth == open.length) {
      open = Arrays.copyOf(open, 2 * depth);
    }
    open[depth++] = container;
  }

  private void leave() {
    open[--depth] = null;
  }

  private void collection(Collection<?> value, boolean hashable) {
    if (value instanceof Set<?> set) {
      byte tag = hashable || value instanceof FrozenSet ? Tag.FROZEN_SET : Tag.SET;
      set(set, tag);
    } else {
      byte tag = hashable || value instanceof Tuple ? Tag.TUPLE : Tag.LIST;
      // A copy stands still whatever other threads do to the collection.
      items(value.toArray(), value, tag, hashable);
    }
  }

  private void items(@Nullable Object[] items, Object container, byte tag, boolean hashable) {
    if (tag == Tag.LIST && items.length > 0 && uniform(items)) {
      return;
    }
    enter(container);
    tagged(tag, items.length);
    int i = 0;
    try {
      for (; i < items.length; i++) {
        any(items[i], hashable);
      }
    } catch (Refusal refusal) {
      throw refusal.inIndex(i);
    }
    leave();
  }

  private boolean uniform(@Nullable Object[] items) {
    Object first = items[0];
    if (first instanceof Double) {
      return floats(items);
    }
    return (first instanceof Long || first instanceof Integer) && ints(items);
  }

  private boolean floats(@Nullable Object[] items) {
    ensure(5 + 8L * items.length);
    int start = at.position();
    tagged(Tag.FLOATS, items.length);
    int place = at.position();
    for (Object item : items) {
      if (!(item instanceof Double number)) {
        at.position(start);
        return false;
      }
      at.putDouble(place, number);
      place += Double.BYTES;
    }
    at.position(place);
    return true;
  }

  private boolean ints(@Nullable Object[] items) {
    ensure(5 + 8L * items.length);
    int start = at.position();
    tagged(Tag.INTS, items.length);
    int place = at.position();
    for (Object item : items) {
      long number;
      if (item instanceof Long wide) {
        number = wide;
      } else if (item instanceof Integer narrow) {
        number = narrow;
      } else {
        at.position(start);
        return false;
      }
      at.putLong(place, number);
      place += Long.BYTES;
    }
    at.position(place);
    return true;
  }

  private void set(Set<?> value, byte tag) {
    enter(value);
    @Nullable Object[] elements = value.toArray();
    tagged(tag, elements.length);
    int i = 0;
    try {
      for (; i < elements.length; i++) {
        any(elements[i], true);
      }
    } catch (Refusal refusal) {
      throw refusal.inElement(i);
    }
    leave();
  }

  private void map(Map<?, ?> value, boolean hashable) {
    if (hashable) {
      throw unhashable(value, "dict");
    }
    enter(value);
    int size = value.size();
    tagged(Tag.DICT, size);
    int written = 0;
    for (Map.Entry<?, ?> entry : value.entrySet()) {
      entry(entry.getKey(), entry.getValue(), written++);
    }
    if (written != size) {
      throw new Refusal("The map changed while it was being converted: pass a copy.");
    }
    leave();
  }

  private void entry(@Nullable Object key, @Nullable Object value, int index) {
    try {
      any(key, true);
    } catch (Refusal refusal) {
      throw refusal.inKeyPosition(index);
    }
    try {
      any(value, false);
    } catch (Refusal refusal) {
      throw refusal.inKey(key);
    }
  }

  private void record(Record value, boolean hashable) {
    if (value instanceof Complex complex) {
      ensure(17);
      at.put(Tag.COMPLEX).putDouble(complex.real()).putDouble(complex.imaginary());
    } else if (value instanceof EnumMember member) {
      u8(Tag.ENUM);
      text(member.type());
      text(member.name());
    } else {
      fields(value, RecordShape.of(value.getClass()), hashable);
    }
  }

  private void fields(Record value, RecordShape shape, boolean hashable) {
    enter(value);
    u8(Tag.RECORD);
    text(shape.name());
    u32(shape.size());
    for (int i = 0; i < shape.size(); i++) {
      text(shape.component(i));
      try {
        any(shape.read(value, i), hashable);
      } catch (Refusal refusal) {
        throw refusal.inField(shape.component(i));
      }
    }
    leave();
  }

  static Refusal unhashable(Object value, String pythonType) {
    return new Refusal(
        ("A %s becomes a %s, which Python cannot use as a dict's key or a set's element: use an "
                + "immutable value such as a Tuple or a record.")
            .formatted(nameOf(value), pythonType));
  }

  private static Refusal unknown(Object value) {
    return new Refusal(
        ("A %s has no counterpart in Python: pass a record, a Map, a List or another type of the "
                + "table in the guide (values.md).")
            .formatted(nameOf(value)));
  }
}

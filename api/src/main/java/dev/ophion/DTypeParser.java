package dev.ophion;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the formats of PEP 3118 as NumPy and ctypes write them, and NumPy's dates. The byte order
 * that was named last holds to the end of the text, across nested records; {@code @}, which also
 * aligns, is what a text begins with.
 */
final class DTypeParser {

  /** What is no known format; never leaves this class. */
  private static final class Unknown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unknown() {
      super("no known format", null, false, false);
    }
  }

  /** One item of a format, with its repeat count and shape. */
  private record Item(DType type, int align, List<Integer> shape, boolean isPadding) {
    int sizeBytes() {
      return new RecordField("item", type, 0, shape).sizeBytes();
    }
  }

  private static final int DEEPEST = 64;

  private final String text;
  private int at;
  private int depth;
  private char mark = '@';

  private DTypeParser(String text) {
    this.text = text;
  }

  /** Null if it is not known. */
  static @Nullable DType parse(String text) {
    DTypeParser parser = new DTypeParser(text);
    try {
      return parser.items(false).type();
    } catch (Unknown | ArithmeticException | IllegalArgumentException unknown) {
      return null;
    }
  }

  /** The items up to the end or the closing brace. */
  private Item items(boolean nested) {
    descend();
    List<RecordField> fields = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Item only = null;
    String name = null;
    int end = 0;
    int align = 1;
    while (nested ? !take('}') : at < text.length()) {
      only = item();
      if (mark == '@') {
        align = Math.max(align, only.align());
        end = aligned(end, only.align());
      }
      name = name();
      if (!only.isPadding() || name != null) {
        String known = name != null ? name : "f" + fields.size();
        if (!names.add(known)) {
          throw new Unknown();
        }
        fields.add(new RecordField(known, only.type(), end, only.shape()));
      }
      end = Math.addExact(end, only.sizeBytes());
    }
    depth--;
    int size = mark == '@' ? aligned(end, align) : end;
    boolean isPlain = !nested && name == null && fields.size() <= 1;
    if (isPlain && only != null && only.shape().isEmpty() && only.sizeBytes() == size) {
      return only;
    }
    return new Item(DType.record(size, fields), align, List.of(), false);
  }

  private void descend() {
    if (++depth > DEEPEST) {
      throw new Unknown();
    }
  }

  private static int aligned(int offset, int align) {
    return Math.addExact(offset, Math.floorMod(-offset, align));
  }

  private Item item() {
    List<Integer> shape = new ArrayList<>(take('(') ? shape() : List.of());
    if (at < text.length() && "@=<>!^".indexOf(text.charAt(at)) >= 0) {
      mark = text.charAt(at++);
    }
    int from = at;
    int count = number();
    boolean counted = at > from;
    Item one = single(count);
    boolean isLength =
        switch (one.type().kind()) {
          case BYTES, STRING, VOID -> true;
          default -> false;
        };
    if (counted && !isLength) {
      shape.add(count);
    }
    return new Item(one.type(), one.align(), List.copyOf(shape), one.isPadding());
  }

  private List<Integer> shape() {
    List<Integer> shape = new ArrayList<>();
    do {
      int from = at;
      shape.add(number());
      if (from == at) {
        throw new Unknown();
      }
    } while (take(','));
    if (!take(')')) {
      throw new Unknown();
    }
    return shape;
  }

  /** Digits, or 1 without any. */
  private int number() {
    int from = at;
    int value = 0;
    while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
      value = Math.addExact(Math.multiplyExact(value, 10), text.charAt(at++) - '0');
    }
    return from == at ? 1 : value;
  }

  private Item single(int count) {
    if (text.startsWith("T{", at)) {
      at += 2;
      return items(true);
    } else if (text.startsWith("M8", at) || text.startsWith("m8", at)) {
      return date();
    } else if (take('&')) {
      int from = at;
      descend();
      item();
      depth--;
      return opaque("&" + text.substring(from, at), Long.BYTES);
    }
    char letter = next();
    return switch (letter) {
      case 's' -> new Item(DType.bytes(count), 1, List.of(), false);
      case 'w' -> ordered(DType.string(count), Integer.BYTES);
      case 'x' -> new Item(DType.ofVoid(count), 1, List.of(), true);
      case 'Z' -> complex(next());
      case 'F' -> complex('f');
      case 'D' -> complex('d');
      case 'g' -> platform("g", 16);
      case 'P' -> platform("P", Long.BYTES);
      case 'O' -> opaque("O", Long.BYTES);
      default -> number(letter);
    };
  }

  private Item complex(char part) {
    return switch (part) {
      case 'f' -> ordered(DType.COMPLEX64, Float.BYTES);
      case 'd' -> ordered(DType.COMPLEX128, Double.BYTES);
      case 'g' -> platform("Zg", 32);
      default -> throw new Unknown();
    };
  }

  private Item number(char letter) {
    boolean isNative = mark == '@' || mark == '^';
    DType type =
        switch (letter) {
          case '?' -> DType.BOOL;
          case 'c' -> DType.CHAR;
          case 'b' -> DType.INT8;
          case 'B' -> DType.UINT8;
          case 'h' -> DType.INT16;
          case 'H' -> DType.UINT16;
          case 'i' -> DType.INT32;
          case 'I' -> DType.UINT32;
          // With a byte order of its own struct uses the standard sizes: a long has four bytes.
          case 'l' -> isNative ? DType.INT64 : DType.INT32;
          case 'L' -> isNative ? DType.UINT64 : DType.UINT32;
          case 'q' -> DType.INT64;
          case 'Q' -> DType.UINT64;
          case 'n' -> DType.INT64;
          case 'N' -> DType.UINT64;
          case 'e' -> DType.FLOAT16;
          case 'f' -> DType.FLOAT32;
          case 'd' -> DType.FLOAT64;
          default -> throw new Unknown();
        };
    return ordered(type, type.itemSizeBytes());
  }

  private Item date() {
    boolean isDate = next() == 'M';
    at++;
    DateUnit unit = DateUnit.GENERIC;
    int count = 1;
    if (take('[')) {
      count = number();
      int close = text.indexOf(']', at);
      unit = close < 0 ? null : DateUnit.ofSymbol(text.substring(at, close));
      if (unit == null) {
        throw new Unknown();
      }
      at = close + 1;
    }
    DType type = isDate ? DType.datetime64(unit, count) : DType.timedelta64(unit, count);
    return ordered(type, Long.BYTES);
  }

  private Item ordered(DType type, int align) {
    ByteOrder order =
        switch (mark) {
          case '<' -> ByteOrder.LITTLE_ENDIAN;
          case '>', '!' -> ByteOrder.BIG_ENDIAN;
          default -> ByteOrder.nativeOrder();
        };
    return new Item(type.withOrder(order), align, List.of(), false);
  }

  /** Of this platform's size, in either order. */
  private Item platform(String format, int sizeBytes) {
    return opaque((mark == '>' || mark == '!' ? ">" : "") + format, sizeBytes);
  }

  private static Item opaque(String format, int sizeBytes) {
    return new Item(DType.opaque(format, sizeBytes), Math.min(sizeBytes, 16), List.of(), false);
  }

  private @Nullable String name() {
    if (!take(':')) {
      return null;
    }
    int end = text.indexOf(':', at);
    if (end <= at) {
      throw new Unknown();
    }
    String name = text.substring(at, end);
    at = end + 1;
    return name;
  }

  private char next() {
    if (at >= text.length()) {
      throw new Unknown();
    }
    return text.charAt(at++);
  }

  private boolean take(char expected) {
    boolean found = at < text.length() && text.charAt(at) == expected;
    at += found ? 1 : 0;
    return found;
  }
}

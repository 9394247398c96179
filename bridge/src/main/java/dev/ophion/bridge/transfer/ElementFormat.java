package dev.ophion.bridge.transfer;

import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The format of an element in the notation of {@code struct}, split into byte order and letters.
 *
 * @param letters what is left without the byte order
 * @param order of the element's bytes
 * @param array the class of Java that holds its bits, or null
 */
record ElementFormat(String letters, ByteOrder order, @Nullable Class<?> array) {

  private static final Map<String, Class<?>> NATIVE =
      Map.ofEntries(
          Map.entry("b", byte[].class),
          Map.entry("B", byte[].class),
          Map.entry("c", byte[].class),
          Map.entry("?", boolean[].class),
          Map.entry("h", short[].class),
          Map.entry("H", char[].class),
          Map.entry("i", int[].class),
          Map.entry("I", int[].class),
          Map.entry("w", int[].class),
          Map.entry("l", long[].class),
          Map.entry("L", long[].class),
          Map.entry("q", long[].class),
          Map.entry("Q", long[].class),
          Map.entry("n", long[].class),
          Map.entry("N", long[].class),
          Map.entry("f", float[].class),
          Map.entry("d", double[].class));

  static ElementFormat parse(String format) {
    char first = format.isEmpty() ? '@' : format.charAt(0);
    boolean prefixed = "@=<>!".indexOf(first) >= 0 && !format.isEmpty();
    String letters = prefixed ? format.substring(1) : format;
    ByteOrder order =
        switch (first) {
          case '<' -> ByteOrder.LITTLE_ENDIAN;
          case '>', '!' -> ByteOrder.BIG_ENDIAN;
          default -> ByteOrder.nativeOrder();
        };
    // With a byte order of its own struct uses the standard sizes, where a long has four bytes.
    boolean isStandardLong = prefixed && first != '@' && "lL".contains(letters);
    return new ElementFormat(letters, order, isStandardLong ? int[].class : NATIVE.get(letters));
  }

  /** Unsigned shorts also go into short[], bit by bit, as the typed views give them. */
  boolean fits(Class<?> type) {
    return type == array || (type == short[].class && letters.equals("H"));
  }

  String advice() {
    return array == null
        ? "the bytes with buffer(), or convert it in Python first"
        : array.getSimpleName();
  }
}

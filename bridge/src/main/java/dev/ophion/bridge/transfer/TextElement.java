package dev.ophion.bridge.transfer;

import dev.ophion.DType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Texts, byte strings, and the plain bytes of every type. Immutable. */
final class TextElement {

  private final Element element;

  TextElement(Element element) {
    this.element = element;
  }

  String getString(long at) {
    require(DType.Kind.STRING, "a text");
    // In one piece, so that a text is read inside of one claim.
    ByteBuffer bytes = ByteBuffer.wrap(getBytes(at)).order(element.type().order());
    int length = bytes.capacity() / Integer.BYTES;
    while (length > 0 && bytes.getInt((length - 1) * Integer.BYTES) == 0) {
      length--;
    }
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      int point = bytes.getInt(i * Integer.BYTES);
      if (!Character.isValidCodePoint(point)) {
        throw new ArithmeticException(
            "The text holds 0x%x, which is no code point: take getBytes.".formatted(point));
      }
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  void setString(long at, String value) {
    require(DType.Kind.STRING, "a text");
    int[] points = value.codePoints().toArray();
    int size = element.type().itemSizeBytes();
    if (points.length > size / Integer.BYTES) {
      throw tooLong("%d code points".formatted(points.length));
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).order(element.type().order());
    bytes.asIntBuffer().put(points);
    element.cells().putBytes(at, bytes.array());
  }

  byte[] getBytes(long at) {
    return element.cells().getBytes(at, element.type().itemSizeBytes());
  }

  /** Without the zeros that fill it up. */
  byte[] getByteString(long at) {
    byte[] bytes = getBytes(at);
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == 0) {
      length--;
    }
    return Arrays.copyOf(bytes, length);
  }

  void setBytes(long at, byte[] value) {
    int size = element.type().itemSizeBytes();
    boolean mayBeShort = element.type().kind() == DType.Kind.BYTES;
    if (value.length > size || (value.length < size && !mayBeShort)) {
      throw tooLong("%d bytes".formatted(value.length));
    }
    element.cells().putBytes(at, Arrays.copyOf(value, size));
  }

  private ArithmeticException tooLong(String what) {
    return element.outOfRange(
        what + ", it has " + element.type().itemSizeBytes() + " bytes for an element");
  }

  private void require(DType.Kind wanted, String what) {
    if (element.type().kind() != wanted) {
      throw element.wrong(what);
    }
  }
}

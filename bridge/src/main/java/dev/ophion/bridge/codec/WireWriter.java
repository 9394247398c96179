package dev.ophion.bridge.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Puts numbers and text into scratch memory that grows. */
class WireWriter {

  /** Up to here a loop over charAt beats the copies of the bulk methods. */
  private static final int SHORT_TEXT = 64;

  private final Scratch scratch;
  private final byte[] shortText = new byte[SHORT_TEXT];

  /** The scratch's buffer, positioned where the next byte goes. */
  ByteBuffer at;

  WireWriter(Scratch scratch) {
    this.scratch = scratch;
    this.at = scratch.buffer();
  }

  /** Begins a request, over whatever the scratch held. */
  @SuppressWarnings("ReferenceEquality") // the same place is asked for, not the same content
  public void begin() {
    scratch.reset();
    ByteBuffer buffer = scratch.buffer();
    // A store into an old object costs the collector's fence, even of what is there already.
    if (at != buffer) {
      at = buffer;
    }
  }

  /**
   * Returns how much has been written.
   *
   * @return bytes
   */
  public final int size() {
    return at.position();
  }

  final void ensure(long bytes) {
    if (at.remaining() < bytes) {
      at = scratch.grow(bytes);
    }
  }

  /**
   * Writes one byte.
   *
   * @param value an op or a flag
   */
  public final void u8(int value) {
    ensure(1);
    at.put((byte) value);
  }

  /**
   * Writes four bytes.
   *
   * @param value a count
   */
  public final void u32(int value) {
    ensure(4);
    at.putInt(value);
  }

  /**
   * Writes eight bytes.
   *
   * @param value a handle, for example
   */
  public final void u64(long value) {
    ensure(8);
    at.putLong(value);
  }

  final void tagged(byte tag, int value) {
    ensure(5);
    at.put(tag).putInt(value);
  }

  final void tagged(byte tag, long value) {
    ensure(9);
    at.put(tag).putLong(value);
  }

  final void float64(double value) {
    ensure(9);
    at.put(Tag.FLOAT).putDouble(value);
  }

  final void bytes(byte tag, byte[] value) {
    ensure(9L + value.length);
    at.put(tag).putLong(value.length).put(value);
  }

  /** Text that is well-formed or refused. */
  final void text(String text) {
    int length = text.length();
    ensure(5 + 2L * length);
    if (length <= SHORT_TEXT ? !shortLatin1(text, length) : !longLatin1(text, length)) {
      utf16(text, length);
    }
  }

  private boolean shortLatin1(String text, int length) {
    byte[] to = shortText;
    int all = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      all |= c;
      to[i] = (byte) c;
    }
    if (all > 0xFF) {
      return false;
    }
    at.put(Tag.STR8).putInt(length).put(to, 0, length);
    return true;
  }

  private boolean longLatin1(String text, int length) {
    byte[] latin1 = text.getBytes(StandardCharsets.ISO_8859_1);
    // A char beyond Latin-1 has become a question mark; comparing is cheaper than looking for it.
    if (latin1.length != length || !new String(latin1, StandardCharsets.ISO_8859_1).equals(text)) {
      return false;
    }
    at.put(Tag.STR8).putInt(length).put(latin1);
    return true;
  }

  private void utf16(String text, int length) {
    char[] units = text.toCharArray();
    for (int i = 0; i < length; i++) {
      if (Character.isSurrogate(units[i])) {
        if (i + 1 == length || !Character.isSurrogatePair(units[i], units[i + 1])) {
          throw loneSurrogate(units[i], text.codePointCount(0, i));
        }
        i++;
      }
    }
    at.put(Tag.STR16).putInt(length);
    at.asCharBuffer().put(units);
    at.position(at.position() + 2 * length);
  }

  static Refusal loneSurrogate(char unit, int codePointIndex) {
    return new Refusal(
        ("The text has the lone surrogate U+%04X at code point %d, which is no character: remove "
                + "or replace it, or pass bytes.")
            .formatted((int) unit, codePointIndex));
  }

  /**
   * Writes a str.
   *
   * @param value a name or source
   * @param subject what to call it if it is refused
   * @throws dev.ophion.NotTransferableException if it has a lone surrogate
   */
  public final void str(String value, String subject) {
    if (value == null) {
      throw new NullPointerException(subject + " is null");
    }
    try {
      text(value);
    } catch (Refusal refusal) {
      throw refusal.toException(subject);
    }
  }

  /**
   * Writes bytes as they are.
   *
   * @param value the bytes
   */
  public final void raw(byte[] value) {
    ensure(value.length);
    at.put(value);
  }

  /**
   * Writes the description of memory, behind its tag and its lease.
   *
   * @param memory where it is and what it holds
   */
  public final void memory(Memory memory) {
    ensure(17);
    at.putLong(memory.address()).putLong(memory.sizeBytes());
    at.put((byte) (memory.readOnly() ? 1 : 0));
    text(memory.format());
    longs(memory.itemSizeBytes(), memory.shape(), memory.strides());
  }

  private void longs(int itemSizeBytes, long[] shape, long[] strides) {
    ensure(8 + 16L * shape.length);
    at.putInt(itemSizeBytes).putInt(shape.length);
    for (long length : shape) {
      at.putLong(length);
    }
    for (long step : strides) {
      at.putLong(step);
    }
  }

  static String nameOf(@Nullable Object value) {
    return value == null ? "null" : value.getClass().getTypeName();
  }
}

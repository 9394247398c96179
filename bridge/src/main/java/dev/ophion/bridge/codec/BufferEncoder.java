package dev.ophion.bridge.codec;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import org.jspecify.annotations.Nullable;

/** Primitive arrays and heap buffers, which are copied, and the description of direct ones. */
final class BufferEncoder {

  /** From here on one copy costs more than a reference and its end. */
  private static final int HELD_BYTES = 16 * 1024;

  private final Encoder out;

  BufferEncoder(Encoder out) {
    this.out = out;
  }

  /** False, with nothing written, if it is neither. */
  boolean copied(Object value, boolean hashable) {
    if (value instanceof byte[] bytes) {
      if (bytes.length < HELD_BYTES || !out.held(Tag.BYTES, 'B', bytes, 0, bytes.length)) {
        out.bytes(Tag.BYTES, bytes);
      }
    } else if (value instanceof ByteBuffer buffer) {
      bytes(buffer, hashable);
    } else if (value instanceof boolean[] flags) {
      flags(flags, hashable);
    } else {
      Buffer buffer = value instanceof Buffer given ? given : wrapped(value);
      if (buffer == null) {
        return false;
      }
      if (hashable) {
        throw Encoder.unhashable(value, "array.array");
      }
      array(buffer);
    }
    return true;
  }

  private static @Nullable Buffer wrapped(Object value) {
    if (value instanceof double[] array) {
      return DoubleBuffer.wrap(array);
    } else if (value instanceof long[] array) {
      return LongBuffer.wrap(array);
    } else if (value instanceof int[] array) {
      return IntBuffer.wrap(array);
    } else if (value instanceof float[] array) {
      return FloatBuffer.wrap(array);
    } else if (value instanceof short[] array) {
      return ShortBuffer.wrap(array);
    } else if (value instanceof char[] array) {
      return CharBuffer.wrap(array);
    }
    return null;
  }

  private void flags(boolean[] value, boolean hashable) {
    out.ensure(5L + value.length);
    out.tagged(hashable ? Tag.TUPLE : Tag.LIST, value.length);
    for (boolean flag : value) {
      out.at.put(flag ? Tag.TRUE : Tag.FALSE);
    }
  }

  private void bytes(ByteBuffer value, boolean hashable) {
    if (hashable && !value.isReadOnly()) {
      throw Encoder.unhashable(value, "bytearray");
    }
    if (isHeld(value, Tag.BYTE_ARRAY, 'B')) {
      return;
    }
    ByteBuffer source = value.duplicate();
    out.ensure(9L + source.remaining());
    out.at.put(value.isReadOnly() ? Tag.BYTES : Tag.BYTE_ARRAY).putLong(source.remaining());
    out.at.put(source);
  }

  /** Whether it is written as a reference: large, and with an array that may be written. */
  private boolean isHeld(Buffer value, byte tag, char typecode) {
    long size = (long) value.remaining() * itemSize(value);
    if (size < HELD_BYTES || !value.hasArray() || order(value) != ByteOrder.nativeOrder()) {
      return false;
    }
    long offset = (long) (value.arrayOffset() + value.position()) * itemSize(value);
    return out.held(tag, typecode, value.array(), offset, size);
  }

  private void array(Buffer value) {
    if (isHeld(value, Tag.ARRAY, letter(value))) {
      return;
    }
    long size = (long) value.remaining() * itemSize(value);
    out.ensure(10 + size);
    ByteBuffer to = out.at;
    to.put(Tag.ARRAY).put((byte) letter(value)).putLong(size);
    if (value instanceof DoubleBuffer buffer) {
      to.asDoubleBuffer().put(buffer.duplicate());
    } else if (value instanceof LongBuffer buffer) {
      to.asLongBuffer().put(buffer.duplicate());
    } else if (value instanceof IntBuffer buffer) {
      to.asIntBuffer().put(buffer.duplicate());
    } else if (value instanceof FloatBuffer buffer) {
      to.asFloatBuffer().put(buffer.duplicate());
    } else if (value instanceof ShortBuffer buffer) {
      to.asShortBuffer().put(buffer.duplicate());
    } else {
      to.asCharBuffer().put(((CharBuffer) value).duplicate());
    }
    to.position(to.position() + (int) size);
  }

  /** A direct buffer from its position to its limit, which begins at the address. */
  static Memory describe(long address, Buffer buffer) {
    int itemSize = itemSize(buffer);
    ByteOrder order = order(buffer);
    String letter = String.valueOf(letter(buffer));
    String format =
        order == ByteOrder.nativeOrder()
            ? letter
            : (order == ByteOrder.BIG_ENDIAN ? ">" : "<") + letter;
    long[] shape = {buffer.remaining()};
    long[] strides = {itemSize};
    return new Memory(
        address, shape[0] * itemSize, buffer.isReadOnly(), format, itemSize, shape, strides);
  }

  /** The letter of {@code array} and {@code struct}. */
  private static char letter(Buffer buffer) {
    if (buffer instanceof DoubleBuffer) {
      return 'd';
    } else if (buffer instanceof LongBuffer) {
      return 'q';
    } else if (buffer instanceof IntBuffer) {
      return 'i';
    } else if (buffer instanceof FloatBuffer) {
      return 'f';
    } else if (buffer instanceof ShortBuffer) {
      return 'h';
    }
    return buffer instanceof CharBuffer ? 'H' : 'B';
  }

  private static int itemSize(Buffer buffer) {
    if (buffer instanceof DoubleBuffer || buffer instanceof LongBuffer) {
      return 8;
    } else if (buffer instanceof IntBuffer || buffer instanceof FloatBuffer) {
      return 4;
    }
    return buffer instanceof ByteBuffer ? 1 : 2;
  }

  private static ByteOrder order(Buffer buffer) {
    if (buffer instanceof DoubleBuffer typed) {
      return typed.order();
    } else if (buffer instanceof LongBuffer typed) {
      return typed.order();
    } else if (buffer instanceof IntBuffer typed) {
      return typed.order();
    } else if (buffer instanceof FloatBuffer typed) {
      return typed.order();
    } else if (buffer instanceof ShortBuffer typed) {
      return typed.order();
    } else if (buffer instanceof CharBuffer typed) {
      return typed.order();
    }
    // A byte has no order, whatever the ByteBuffer's is.
    return ByteOrder.nativeOrder();
  }
}

package dev.ophion.bridge.memory;

import dev.ophion.natives.DirectBuffers;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** The way between addresses and direct buffers. Stateless. */
public final class DirectMemory {

  private DirectMemory() {}

  /**
   * Returns where a direct buffer's position is.
   *
   * @param buffer a direct buffer of any type
   * @return the address, valid while the buffer is reachable
   */
  public static long addressOf(Buffer buffer) {
    return DirectBuffers.addressOf(buffer) + (long) buffer.position() * itemSizeBytes(buffer);
  }

  /**
   * Returns the size of a buffer's elements.
   *
   * @param buffer a buffer of any type
   * @return bytes
   */
  public static int itemSizeBytes(Buffer buffer) {
    if (buffer instanceof ByteBuffer) {
      return Byte.BYTES;
    } else if (buffer instanceof ShortBuffer || buffer instanceof CharBuffer) {
      return Short.BYTES;
    } else if (buffer instanceof IntBuffer || buffer instanceof FloatBuffer) {
      return Integer.BYTES;
    } else if (buffer instanceof LongBuffer || buffer instanceof DoubleBuffer) {
      return Long.BYTES;
    }
    throw new IllegalArgumentException("Not a buffer of the JDK: " + buffer.getClass());
  }

  /**
   * Sees memory as a buffer that does not own it and does not keep it.
   *
   * @param address where it begins
   * @param sizeBytes its size
   * @return a writable direct buffer in native order, to be used only while a lease is held
   */
  public static ByteBuffer borrow(long address, int sizeBytes) {
    if (sizeBytes == 0) {
      return ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder());
    }
    ByteBuffer view = DirectBuffers.view(address, sizeBytes);
    if (view == null) {
      throw new OutOfMemoryError("No room on the heap for a buffer.");
    }
    return view.order(ByteOrder.nativeOrder());
  }
}

package dev.ophion.natives;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The way between addresses and direct buffers. Apart from {@link Host}, since JavaCPP makes glue
 * for functions of C++, and these two are JNI's own. A wrong address crashes the JVM.
 */
public final class DirectBuffers {

  static {
    NativeLibraries.load();
  }

  private DirectBuffers() {}

  /**
   * Sees memory as a direct buffer that does not own it ({@code NewDirectByteBuffer}).
   *
   * @param address where it begins
   * @param size bytes
   * @return the buffer, in Java's default order; {@code null} if there is no room on the heap
   */
  public static native @Nullable ByteBuffer view(long address, long size);

  /**
   * Tells where the memory of a direct buffer is, whatever its position ({@code
   * GetDirectBufferAddress}).
   *
   * @param buffer a direct buffer of any type
   * @return the address of its first element
   */
  public static native long addressOf(Buffer buffer);
}

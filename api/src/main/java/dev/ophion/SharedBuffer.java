package dev.ophion;

import java.nio.ByteBuffer;

/**
 * Contiguous memory of a Python object, seen from Java without a copy (PEP 3118).
 *
 * <p><b>Threading:</b> thread-safe; ordering writes is the users' affair.
 *
 * <p><b>Ownership:</b> closed with the {@link Payload} or {@link NdArray} it belongs to. A {@link
 * ByteBuffer} cannot be taken back, so memory of which one was handed out stays alive until no view
 * of it is reachable.
 */
public interface SharedBuffer {

  /**
   * Returns its size.
   *
   * @return bytes
   */
  long sizeBytes();

  /**
   * Returns whether Java may not write to it.
   *
   * @return {@code true} if Python's buffer is read-only
   */
  boolean isReadOnly();

  /**
   * Returns where it is, for comparing and for native code. Valid while the owner is open.
   *
   * @return the address
   * @throws IllegalStateException if the owner is closed
   */
  long address();

  /**
   * Returns a view of the whole, in native byte order.
   *
   * @return a direct buffer over the same memory, read-only if Python's is
   * @throws IllegalStateException if the owner is closed
   * @throws IllegalArgumentException if it is larger than 2 GiB - 1; use {@link #asByteBuffer(long,
   *     int)}
   */
  ByteBuffer asByteBuffer();

  /**
   * Returns a view of a part, in native byte order.
   *
   * @param offset where it begins, in bytes
   * @param length its size in bytes
   * @return a direct buffer over the same memory, read-only if Python's is
   * @throws IllegalStateException if the owner is closed
   * @throws IndexOutOfBoundsException if the part is not within the buffer
   */
  ByteBuffer asByteBuffer(long offset, int length);
}

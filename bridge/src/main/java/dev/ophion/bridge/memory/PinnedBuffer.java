package dev.ophion.bridge.memory;

import dev.ophion.SharedBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Contiguous memory of a Python object, held by the claim of a payload or an array. */
public final class PinnedBuffer implements SharedBuffer {

  private final Object holder;
  private final Claim claim;
  private final int index;
  private final long address;
  private final long sizeBytes;
  private final boolean readOnly;

  /** Shared by all views that were taken; forgotten when the claim closes. */
  private volatile @Nullable ByteBuffer root;

  /**
   * Makes a buffer.
   *
   * @param holder the public object that owns the claim; stays reachable, so that its cleaner does
   *     not close the claim while this is in use
   * @param claim holds the memory
   * @param index which of its leases
   * @param address where the memory begins
   * @param sizeBytes its size
   * @param readOnly whether Python's buffer is read-only
   */
  public PinnedBuffer(
      Object holder, Claim claim, int index, long address, long sizeBytes, boolean readOnly) {
    this.holder = holder;
    this.claim = claim;
    this.index = index;
    this.address = address;
    this.sizeBytes = sizeBytes;
    this.readOnly = readOnly;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public boolean isReadOnly() {
    return readOnly;
  }

  @Override
  public long address() {
    claim.requireOpen();
    return address;
  }

  @Override
  public ByteBuffer asByteBuffer() {
    if (sizeBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          ("The buffer has %d bytes and a ByteBuffer at most %d:"
                  + " take parts with asByteBuffer(offset, length).")
              .formatted(sizeBytes, Integer.MAX_VALUE));
    }
    ByteBuffer whole = wholeRoot();
    return (readOnly ? whole.asReadOnlyBuffer() : whole.duplicate()).order(ByteOrder.nativeOrder());
  }

  @Override
  public ByteBuffer asByteBuffer(long offset, int length) {
    Objects.checkFromIndexSize(offset, (long) length, sizeBytes);
    ByteBuffer part =
        sizeBytes > Integer.MAX_VALUE
            ? claim.root(index, address + offset, length).duplicate()
            : wholeRoot().slice((int) offset, length);
    return (readOnly ? part.asReadOnlyBuffer() : part).order(ByteOrder.nativeOrder());
  }

  private ByteBuffer wholeRoot() {
    ByteBuffer known = root;
    if (known == null) {
      known = claim.root(index, address, (int) sizeBytes);
      root = known;
    }
    // A close may have come in between and have found nothing to forget.
    if (!claim.isOpen()) {
      root = null;
      claim.requireOpen();
    }
    return known;
  }

  /** Lets go of the shared view; the holder's close calls it after the claim's. */
  public void forget() {
    root = null;
  }

  @Override
  public String toString() {
    return "%d bytes%s of %s".formatted(sizeBytes, readOnly ? ", read-only," : "", holder);
  }
}

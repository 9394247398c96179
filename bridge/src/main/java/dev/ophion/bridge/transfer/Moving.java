package dev.ophion.bridge.transfer;

import dev.ophion.NdArray;
import dev.ophion.bridge.codec.BufferSink;
import dev.ophion.bridge.memory.Claim;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.MemoryOwner;
import dev.ophion.bridge.memory.PinnedBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One attempt to hand an array over to an interpreter, so that nobody else reaches its memory.
 * Confined to one thread; the array is shut for all others meanwhile.
 */
public final class Moving {

  /** Waits of 1, 2, 4 ... ms: half a second in all, as the JDK does for direct memory. */
  private static final int COLLECTIONS = 9;

  private final PinnedArray array;
  private final Claim claim;
  private final Lease lease;

  private Moving(PinnedArray array, Claim claim, Lease lease) {
    this.array = array;
    this.claim = claim;
    this.lease = lease;
  }

  static Moving begin(PinnedArray array, Claim claim, PinnedBuffer buffer) {
    Lease lease = claim.beginMove();
    try {
      buffer.forget();
      requireSole(array, lease);
      return new Moving(array, claim, lease);
    } catch (RuntimeException | Error failure) {
      claim.notMoved();
      throw failure;
    }
  }

  private static void requireSole(PinnedArray array, Lease lease) {
    for (int i = 0; !lease.isSole() && lease.isViewed() && i < COLLECTIONS; i++) {
      // The users may be ByteBuffers that are garbage already.
      System.gc();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1L << i));
    }
    // Read once: others let go of it meanwhile.
    long others = lease.users() - 1;
    if (others > 0) {
      throw new IllegalStateException(
          ("%s cannot be moved, because it has %d other user(s): ByteBuffers that are still"
                  + " reachable, arrays that share it, or interpreters that it was passed to. Let go"
                  + " of them first, or pass it with set.")
              .formatted(array, others));
    }
    if (others < 0) {
      throw new IllegalStateException(array + " was closed while it was moved.");
    }
    if (!lease.isExclusive()) {
      throw new IllegalStateException(
          ("%s cannot be moved, because its owner can still reach it: get it with take instead of"
                  + " get, or pass it with set.")
              .formatted(array));
    }
  }

  /**
   * Returns whether it is this array that is moved.
   *
   * @param candidate an array
   * @return {@code true} if {@link #lend} is to lend it
   */
  public boolean isOf(NdArray candidate) {
    return candidate == array;
  }

  /**
   * Returns what is moved.
   *
   * @return the array
   */
  public NdArray array() {
    return array;
  }

  /**
   * Lends the array for the length of the request that moves it.
   *
   * @param target the interpreter
   * @param keep takes the number of a lease that is to be dropped when the request has been carried
   *     out
   * @param sink is called once
   */
  public void lend(MemoryOwner target, Consumer<Lease> keep, BufferSink sink) {
    if (lease.lendTo(Lending.handing(keep)) == null) {
      throw new IllegalStateException(array + " was closed while it was moved.");
    }
    Lending.put(lease, target, id -> array.describe(id, sink));
  }

  /**
   * Ends the move: Java's side is closed.
   *
   * @param receiver the interpreter's name
   */
  public void done(String receiver) {
    claim.moved(receiver);
    array.close();
  }

  /** Ends the attempt: the array is as it was. */
  public void undone() {
    claim.notMoved();
  }
}

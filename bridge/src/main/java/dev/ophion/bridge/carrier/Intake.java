package dev.ophion.bridge.carrier;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the calls that were let in and have not ended, and shuts the door in one step with that
 * count, so that no call slips in behind a close. Who enters and who leaves count for themselves,
 * on cache lines of their own: a common count would travel between two cores with every call.
 *
 * <p>Thread-safe and lock-free; only the carrier calls {@link #leave}.
 */
public final class Intake {

  private static final long CLOSED = 1L << 62;

  /** Has the length of two cache lines on either side of its only used element. */
  private static final int LINES = 33;

  private static final int USED = LINES / 2;

  /** How many entered, and whether the door is shut. */
  private final AtomicLongArray entered = new AtomicLongArray(LINES);

  /** How many left; written by the carrier only. */
  private final AtomicLongArray left = new AtomicLongArray(LINES);

  /**
   * How many were let in and could not be handed over. Guarded by this, and a field: who counts
   * here may have a full stack, which has no room for a call, and where that has none for a monitor
   * either, counts without one. The carrier may have taken the door for occupied meanwhile, and
   * looks again by itself.
   */
  public volatile int withdrawn;

  /** Follows the door, for readers that are not to touch the count. */
  private volatile boolean closed;

  /** An open door. */
  public Intake() {}

  /** Lets a call in; {@code false} if the door is shut. */
  public boolean enter() {
    long seen = entered.get(USED);
    // Not counted up and down again: the carrier could see that count, take the door for occupied,
    // park, and be woken by nobody.
    while ((seen & CLOSED) == 0) {
      long found = entered.compareAndExchange(USED, seen, seen + 1);
      if (found == seen) {
        return true;
      }
      seen = found;
    }
    return false;
  }

  /** How many are inside; a snapshot. */
  public long count() {
    return (entered.getOpaque(USED) & ~CLOSED) - left.getOpaque(USED) - withdrawn;
  }

  /** On the carrier. */
  public void leave() {
    left.setRelease(USED, left.getPlain(USED) + 1);
  }

  /** Shuts the door; {@code true} for whoever does it first. */
  public boolean close() {
    long seen = entered.get(USED);
    while ((seen & CLOSED) == 0) {
      long found = entered.compareAndExchange(USED, seen, seen | CLOSED);
      if (found == seen) {
        closed = true;
        return true;
      }
      seen = found;
    }
    return false;
  }

  public boolean isClosed() {
    return closed;
  }

  /** Whether the door is shut and nobody is inside. */
  public boolean isDrained() {
    return closed && (entered.get(USED) & ~CLOSED) == left.get(USED) + withdrawn;
  }
}

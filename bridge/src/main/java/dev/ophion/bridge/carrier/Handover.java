package dev.ophion.bridge.carrier;

import dev.ophion.bridge.inbox.Item;
import dev.ophion.bridge.waiting.Deadline;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How one piece of work goes to the carrier and comes back: what both sides know of it is one word
 * of four bits, 0 where nothing is handed over.
 *
 * <pre>
 * POSTED      by the caller: the work is there
 * BEGUN       by the carrier, before it looks at the work
 * AWAITED     by the caller, before it parks
 * ABANDONED   by the caller, or whoever cancels: nobody waits any more
 * 0           by the carrier, in one step that tells it which bits were set
 * </pre>
 *
 * Each bit is set by a step that fails once the word is 0, and the carrier sets no 0 but by {@link
 * #finish}, so that neither side overlooks the other:
 *
 * <ul>
 *   <li>A caller parks only after it has set AWAITED. If the carrier was first, that fails and the
 *       work is done. If not, the carrier's last step finds AWAITED and unparks.
 *   <li>Who abandons the work owns it if it had not begun: the carrier finds ABANDONED when it is
 *       about to begin, and leaves it alone. If it had begun, the carrier's last step finds
 *       ABANDONED, and the carrier owns it. If it was done, its caller owns it as before.
 * </ul>
 *
 * <p><b>Threading:</b> the caller and the carrier, each its own methods; {@link #abandon} is for
 * any thread.
 */
public abstract class Handover extends Item {

  /** Who owns the work after its caller has gone, or has tried to. */
  public enum Owner {
    /** It is done, and the caller's. */
    CALLER,
    /** It never begins, and is whose who abandoned it. */
    ABANDONER,
    /** It has begun, and is the carrier's; or somebody else has abandoned it already. */
    CARRIER
  }

  protected static final int NOTHING = 0;
  protected static final int POSTED = 1;
  protected static final int BEGUN = 2;
  static final int AWAITED = 4;
  protected static final int ABANDONED = 8;

  /** Some 20 us: more than a short call takes, about what a park and its wake-up cost together. */
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 1500 : 0;

  /** Written by the caller before AWAITED. */
  private @Nullable Thread waiter;

  /** For subclasses. */
  protected Handover() {}

  /** Reads the word, and what was written before it. */
  protected abstract int word();

  /** Changes the word in one step, if it is still this one. */
  protected abstract boolean change(int from, int to);

  /** Sets the word to 0 in one step and returns what it was. */
  protected abstract int clear();

  private boolean set(int bit) {
    int seen = word();
    while (seen != NOTHING) {
      if (change(seen, seen | bit)) {
        return true;
      }
      seen = word();
    }
    return false;
  }

  final boolean isDone() {
    return word() == NOTHING;
  }

  /** Begins; {@code false} if the work was abandoned before, and is not to be touched. */
  final boolean begin() {
    int seen = word();
    while ((seen & ABANDONED) == 0) {
      if (change(seen, seen | BEGUN)) {
        return true;
      }
      seen = word();
    }
    return false;
  }

  /** Says that it is done; {@code false} if the caller has gone, and the work is the carrier's. */
  protected final boolean finish() {
    int found = clear();
    if ((found & ABANDONED) != 0) {
      return false;
    }
    if ((found & AWAITED) != 0) {
      // If the caller has noticed already, this wakes nobody, or somebody who looks again.
      LockSupport.unpark(waiter);
    }
    return true;
  }

  /** Spins for as long as a short call takes, which is over before a park would be. */
  public final boolean spin() {
    for (int i = 0; i < SPINS; i++) {
      if (word() == NOTHING) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  /** Parks until it is done, or gives up at a limit or if the thread is interrupted meanwhile. */
  public final Owner sleep(@Nullable Deadline limit) {
    waiter = Thread.currentThread();
    Owner owner = Owner.CALLER;
    if (set(AWAITED)) {
      while (word() != NOTHING) {
        if (limit == null) {
          LockSupport.park(this);
        } else {
          long remaining = limit.remainingNanos();
          if (remaining <= 0) {
            owner = abandon();
            break;
          }
          LockSupport.parkNanos(this, remaining);
        }
        if (Thread.currentThread().isInterrupted()) {
          owner = abandon();
          break;
        }
      }
    }
    waiter = null;
    return owner;
  }

  /** Gives up. */
  public final Owner abandon() {
    int seen = word();
    while (seen != NOTHING) {
      if ((seen & ABANDONED) != 0) {
        return Owner.CARRIER;
      }
      if (change(seen, seen | ABANDONED)) {
        return (seen & BEGUN) == 0 ? Owner.ABANDONER : Owner.CARRIER;
      }
      seen = word();
    }
    return Owner.CALLER;
  }
}

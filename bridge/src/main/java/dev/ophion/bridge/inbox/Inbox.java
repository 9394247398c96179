package dev.ophion.bridge.inbox;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A queue of any length, first in, first out, for many threads that put and one that takes. The
 * items are its links. Putting swaps the newest item; taking takes all of them at once and turns
 * them round.
 *
 * <p><b>Threading:</b> lock-free; {@link #put} and {@link #isEmpty} on any thread, the other
 * methods on the one that takes.
 *
 * @param <T> what lies in it
 */
public final class Inbox<T extends Item> {

  private static final VarHandle NEWEST;

  static {
    try {
      NEWEST = MethodHandles.lookup().findVarHandle(Inbox.class, "newest", Item.class);
    } catch (ReflectiveOperationException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  private volatile @Nullable Item newest;

  /**
   * Whether there are items in {@link #oldest}. Raised before they are taken out of {@link
   * #newest}, so that nobody finds both empty meanwhile.
   */
  private volatile boolean taken;

  /** What was taken and not polled yet, in order. Confined to the thread that takes. */
  private @Nullable Item oldest;

  /** Makes an empty one. */
  public Inbox() {}

  /**
   * Puts an item behind all others.
   *
   * @param item lies in no inbox
   */
  public void put(T item) {
    Item seen;
    do {
      seen = newest;
      item.next = seen;
    } while (!NEWEST.compareAndSet(this, seen, item));
  }

  /**
   * Returns whether every item that the calling thread knows of has been polled.
   *
   * @return a snapshot
   */
  public boolean isEmpty() {
    return newest == null && !taken;
  }

  /**
   * Returns whether {@link #poll} finds something. Reads no more than it has to.
   *
   * @return a snapshot
   */
  public boolean hasItems() {
    return oldest != null || newest != null;
  }

  /**
   * Takes the oldest item out.
   *
   * @return the item, or {@code null} if there is none
   */
  @SuppressWarnings("unchecked") // only put brings items in
  public @Nullable T poll() {
    if (oldest == null && newest != null) {
      taken = true;
      Item at;
      do {
        at = newest;
      } while (!NEWEST.compareAndSet(this, at, (Item) null));
      // From here on stores alone: a call that finds the stack full would lose what was taken.
      while (at != null) {
        Item older = at.next;
        at.next = oldest;
        oldest = at;
        at = older;
      }
    }
    Item first = oldest;
    if (first == null) {
      return null;
    }
    oldest = first.next;
    first.next = null;
    if (oldest == null) {
      taken = false;
    }
    return (T) first;
  }
}

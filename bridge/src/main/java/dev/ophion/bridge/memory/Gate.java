package dev.ophion.bridge.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets threads touch memory for some nanoseconds each, and keeps it there meanwhile. A count of the
 * lease for every element would be two atomic operations, contended by all its users. The first
 * thread that enters needs one, on a cache line of its own; all others two, on one of several.
 *
 * <p><b>Threading:</b> thread-safe. Entering never waits. Shutting waits for who is inside, on a
 * thread that may hold no GIL.
 */
final class Gate {

  /** Who is inside touches memory and does nothing else; a page fault of a slow disk fits in. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long NAP_NANOS = 1_000;

  private static final VarHandle FIRST;
  private static final VarHandle FIRST_INSIDE;
  private static final VarHandle OTHERS;
  private static final VarHandle STATE;
  private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(int[].class);

  private static final int OPEN = 0;

  /** For everybody but the one who holds it. */
  private static final int HELD = 1;

  private static final int SHUT = 2;

  /** How many counts there are for all threads but the first. */
  private static final int STRIPES = 8;

  /** Puts each count on a cache line of its own. */
  private static final int STRIPE_INTS = 16;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      FIRST = lookup.findVarHandle(Gate.class, "first", Thread.class);
      FIRST_INSIDE = lookup.findVarHandle(Gate.class, "firstInside", int.class);
      OTHERS = lookup.findVarHandle(Gate.class, "others", int[].class);
      STATE = lookup.findVarHandle(Gate.class, "state", int.class);
    } catch (ReflectiveOperationException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  /** Set once, by its thread; read without order, because only that thread can read itself. */
  private @Nullable Thread first;

  @SuppressWarnings("unused") // through FIRST_INSIDE, written by the first thread alone
  private int firstInside;

  /** Made when a second thread comes. */
  private volatile int @Nullable [] others;

  @SuppressWarnings("unused") // through STATE
  private volatile int state;

  /**
   * Goes in; what it returns must be given to {@link #exit} in a finally block. Between the two the
   * gate cannot be shut.
   *
   * @return above 0 if inside: 1 as the first thread, else where it is counted; 0 if the gate is
   *     held or shut
   */
  int enter() {
    Thread thread = Thread.currentThread();
    if (first == thread || (first == null && FIRST.compareAndSet(this, null, thread))) {
      // Sequentially consistent, so that either this thread sees the gate shut or the shutting
      // thread sees this one inside.
      FIRST_INSIDE.setVolatile(this, 1);
      if (state == OPEN) {
        return 1;
      }
      FIRST_INSIDE.setRelease(this, 0);
      return 0;
    }
    int[] counts = others != null ? others : makeCounts();
    int place = STRIPE_INTS * (1 + (System.identityHashCode(thread) & (STRIPES - 1)));
    COUNTS.getAndAdd(counts, place, 1);
    if (state == OPEN) {
      return place;
    }
    COUNTS.getAndAdd(counts, place, -1);
    return 0;
  }

  private int[] makeCounts() {
    int[] made = new int[STRIPE_INTS * (1 + STRIPES) + 1];
    int[] known = (int[]) OTHERS.compareAndExchange(this, (int[]) null, made);
    return known != null ? known : made;
  }

  /**
   * Goes out.
   *
   * @param entered what {@link #enter} returned, not 0
   */
  void exit(int entered) {
    if (entered == 1) {
      FIRST_INSIDE.setRelease(this, 0);
      return;
    }
    int[] counts = others;
    if (counts != null) {
      COUNTS.getAndAdd(counts, entered, -1);
    }
  }

  boolean isOpen() {
    return state == OPEN;
  }

  boolean isHeld() {
    return state == HELD;
  }

  boolean isShut() {
    return state == SHUT;
  }

  /**
   * Shuts the gate until {@link #release}.
   *
   * @return {@code false} if somebody has held or shut it
   */
  boolean hold() {
    return STATE.compareAndSet(this, OPEN, HELD);
  }

  /** Opens the gate again, unless it was shut meanwhile. By who held it. */
  void release() {
    STATE.compareAndSet(this, HELD, OPEN);
  }

  /**
   * Shuts the gate for ever.
   *
   * @return whether this call did it
   */
  boolean shut() {
    return (int) STATE.getAndSet(this, SHUT) != SHUT;
  }

  /**
   * Waits until nobody is inside; after {@link #hold} or {@link #shut}.
   *
   * @return {@code false} if somebody seems to stay: a stack that overflowed in between, say
   */
  boolean awaitEmpty() {
    long start = System.nanoTime();
    while (!isEmpty()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        return false;
      }
      LockSupport.parkNanos(NAP_NANOS);
    }
    return true;
  }

  /**
   * Whether nobody is inside; after {@link #hold} or {@link #shut}.
   *
   * @return {@code false} also for who looks in on the way and goes out at once
   */
  boolean isEmpty() {
    int[] counts = others;
    if (counts != null) {
      for (int i = STRIPE_INTS; i < counts.length; i += STRIPE_INTS) {
        if ((int) COUNTS.getVolatile(counts, i) != 0) {
          return false;
        }
      }
    }
    return (int) FIRST_INSIDE.getVolatile(this) == 0;
  }
}

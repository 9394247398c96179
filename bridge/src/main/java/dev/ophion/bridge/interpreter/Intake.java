package dev.ophion.bridge.interpreter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts the calls that were let in and have not ended, and shuts the door in one step with that
 * count, so that no call slips in behind a close. Thread-safe and lock-free.
 */
final class Intake {

  private static final long CLOSED = 1L << 62;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Intake.class, "state", long.class);
    } catch (ReflectiveOperationException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  @SuppressWarnings("unused") // through STATE
  private volatile long state;

  /** Lets a call in; {@code false} if the door is shut. */
  boolean enter() {
    long seen = (long) STATE.getVolatile(this);
    // Not counted up and down again: the carrier could see that count, take the door for occupied,
    // park, and be woken by nobody.
    while ((seen & CLOSED) == 0) {
      long found = (long) STATE.compareAndExchange(this, seen, seen + 1);
      if (found == seen) {
        return true;
      }
      seen = found;
    }
    return false;
  }

  void leave() {
    STATE.getAndAdd(this, -1L);
  }

  /** Shuts the door; {@code true} for whoever does it first. */
  boolean close() {
    return ((long) STATE.getAndBitwiseOr(this, CLOSED) & CLOSED) == 0;
  }

  boolean isClosed() {
    return ((long) STATE.getVolatile(this) & CLOSED) != 0;
  }

  /** Whether the door is shut and nobody is inside. */
  boolean isDrained() {
    return (long) STATE.getVolatile(this) == CLOSED;
  }
}

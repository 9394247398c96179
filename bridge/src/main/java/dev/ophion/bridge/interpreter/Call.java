package dev.ophion.bridge.interpreter;

import dev.ophion.CallCancelledException;
import dev.ophion.OphionException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work for a carrier, and the place where its submitter waits for it.
 *
 * <p>{@code WAITING -> RUNNING -> DONE}; a submitter that gives up makes it {@code CANCELLED}
 * (never ran) or {@code ABANDONED} (the carrier discards the result).
 */
abstract class Call {

  private static final int WAITING = 0;
  private static final int RUNNING = 1;
  private static final int DONE = 2;
  private static final int CANCELLED = 3;
  private static final int ABANDONED = 4;

  /** Some 20 us: more than a short call takes, about what a park and its wake-up cost together. */
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 1500 : 0;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Call.class, "state", int.class);
    } catch (ReflectiveOperationException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  /** {@code WAITING}, which is not written since that would be a volatile store, a fence. */
  private volatile int state;

  private volatile @Nullable Thread waiter;

  /** Written by the carrier before {@code DONE}, read by the submitter after it. */
  private @Nullable Throwable failure;

  /** Does the work, on the carrier, attached. */
  abstract void perform(Carrier carrier) throws Throwable;

  /** On the carrier, after {@code DONE}; for calls that nobody waits for. */
  void finished() {}

  /** On the carrier or the submitter: nobody will take the result, if there is one. */
  void discarded() {}

  /** Runs it unless it was cancelled. On the carrier, attached. */
  final void run(Carrier carrier) {
    if (!STATE.compareAndSet(this, WAITING, RUNNING)) {
      return;
    }
    try {
      perform(carrier);
    } catch (Throwable thrown) {
      failure = thrown;
    }
    settle();
  }

  /**
   * Runs it inside another one. On the carrier, attached. No other thread knows of it, so that it
   * is never cancelled and its state needs no order.
   */
  final void runNested(Carrier carrier) {
    try {
      perform(carrier);
    } catch (Throwable thrown) {
      failure = thrown;
    }
    STATE.set(this, DONE);
    finished();
  }

  /** Ends it with a failure instead of running it. On the carrier. */
  final void fail(Throwable reason) {
    if (STATE.compareAndSet(this, WAITING, RUNNING)) {
      failure = reason;
      settle();
    }
  }

  private void settle() {
    if (!STATE.compareAndSet(this, RUNNING, DONE)) {
      discarded();
      return;
    }
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
    finished();
  }

  /** Waits for the end; spins first, since a short call is over before a park would be. */
  final void await(InterpreterSetup setup) {
    for (int i = 0; i < SPINS; i++) {
      if (state == DONE) {
        return;
      }
      Thread.onSpinWait();
    }
    waiter = Thread.currentThread();
    Deadline limit = JvmExit.limit(setup);
    while (state != DONE) {
      if (limit == null) {
        LockSupport.park(this);
      } else if (limit.remainingNanos() > 0) {
        LockSupport.parkNanos(this, limit.remainingNanos());
      } else if (giveUp()) {
        throw JvmExit.tooLate(setup);
      }
      if (Thread.interrupted()) {
        boolean gaveUp = giveUp();
        Thread.currentThread().interrupt();
        if (gaveUp) {
          throw interrupted();
        }
      }
    }
  }

  /** What a caller throws that gave up. */
  static CallCancelledException interrupted() {
    return new CallCancelledException(
        "The thread was interrupted while it waited for a call; a call that had begun goes on in"
            + " Python and its result is dropped.");
  }

  /** Gives up on it; {@code false} if it is done already. */
  final boolean giveUp() {
    if (cancel()) {
      return true;
    }
    return STATE.compareAndSet(this, RUNNING, ABANDONED);
  }

  /** Takes it back if it has not begun. */
  final boolean cancel() {
    if (STATE.compareAndSet(this, WAITING, CANCELLED)) {
      discarded();
      return true;
    }
    return false;
  }

  /** Throws what {@link #perform} threw. After {@code DONE}. */
  final void throwFailure() {
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw new OphionException("A call failed: " + thrown.getMessage(), thrown);
    }
  }

  final @Nullable Throwable failure() {
    return failure;
  }

  /** Sets what {@link #throwFailure} throws, for a call that went by another way than a queue. */
  final void failed(@Nullable Throwable reason) {
    failure = reason;
  }
}

package dev.ophion.bridge.interpreter;

import java.time.Duration;

/** Waits of closers. Stateless. */
final class Waiting {

  /** How long lent memory is waited for before the garbage collector is asked to look for it. */
  private static final Duration PATIENCE = Duration.ofMillis(50);

  private Waiting() {}

  /** A wait that may be interrupted. */
  interface Wait {
    boolean await() throws InterruptedException;
  }

  /** Waits; an interrupt ends the wait with {@code false} and is set again. */
  static boolean uninterrupted(Wait wait) {
    try {
      return wait.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Waits for an interpreter's end. Memory whose views are garbage is only given back when the
   * collector finds them, so it is asked to, as {@code ByteBuffer.allocateDirect} does.
   */
  static boolean forEnd(Carrier carrier, Lifecycle lifecycle, Duration timeout) {
    Deadline deadline = Deadline.in(timeout);
    Duration step = PATIENCE;
    while (deadline.remainingNanos() > 0) {
      Duration left = deadline.remaining();
      Deadline next = Deadline.in(step.compareTo(left) < 0 ? step : left);
      if (uninterrupted(() -> lifecycle.awaitEnd(next))) {
        // Nothing can hold up the thread any more.
        return uninterrupted(
            () -> {
              carrier.join();
              return true;
            });
      }
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
      if (lifecycle.stage() == Lifecycle.Stage.LEASES) {
        System.gc();
      }
      step = step.multipliedBy(2);
    }
    return lifecycle.stage() == Lifecycle.Stage.ENDED;
  }
}

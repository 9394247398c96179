package dev.ophion.bridge.interpreter;

import dev.ophion.bridge.carrier.Intake;
import dev.ophion.bridge.waiting.Deadline;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The stage of one interpreter, which is all that is known of how far it has come, and the door
 * that its callers come through. Closers take it from {@link Stage#STARTING} or {@link
 * Stage#RUNNING} to a stage of closing; every other step is the carrier's.
 *
 * <p>Thread-safe. A lock of {@code java.util.concurrent}: virtual threads wait here.
 */
final class Progress {

  private final Intake intake = new Intake();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Written under the lock. */
  private volatile Stage stage = Stage.STARTING;

  /** Written under the lock before the door is shut; never taken back. */
  private volatile boolean cancelled;

  /** When threads are asked to end, as {@link System#nanoTime()}. Written as {@link #cancelled}. */
  private volatile long askingThreadsAt;

  /** Whether pins that no lease is known for were given up. Written by the carrier. */
  private volatile boolean forgotten;

  boolean hasForgotten() {
    return forgotten;
  }

  void setForgotten(boolean value) {
    forgotten = value;
  }

  Intake intake() {
    return intake;
  }

  Stage stage() {
    return stage;
  }

  /** Whether calls are to be cancelled instead of run. */
  boolean isCancelled() {
    return cancelled;
  }

  boolean isAskingThreads() {
    return stage.isClosing() && System.nanoTime() - askingThreadsAt >= 0;
  }

  /**
   * Shuts the door, or closes more strictly what is closing already.
   *
   * @param cancel whether calls are cancelled
   * @param patience how long threads are waited for before they are asked to end; a later close
   *     changes that only if it cancels, and never to a longer time
   * @return {@code true} for whoever shuts the door
   */
  boolean beginClose(boolean cancel, long patience) {
    lock.lock();
    try {
      boolean isFirst = !stage.isClosing();
      long asking = System.nanoTime() + patience;
      if (isFirst || (cancel && asking - askingThreadsAt < 0)) {
        askingThreadsAt = asking;
      }
      if (stage.isEnd()) {
        return false;
      }
      cancelled |= cancel;
      if (isFirst) {
        become(stage == Stage.STARTING ? Stage.START_CODE : Stage.CALLS);
        // The last, so that whoever sees it shut sees what it was shut for.
        intake.close();
      }
      return isFirst;
    } finally {
      lock.unlock();
    }
  }

  /** It takes calls now, or goes on to its end if it has been closed. On the carrier, once. */
  void started() {
    lock.lock();
    try {
      if (stage == Stage.STARTING) {
        become(Stage.RUNNING);
      } else if (stage == Stage.START_CODE) {
        become(Stage.CALLS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Goes on from one stage of closing to another. On the carrier, or in place of one. */
  void advance(Stage next) {
    lock.lock();
    try {
      if (!stage.isClosing() || stage.isEnd() || !next.isClosing()) {
        throw new IllegalStateException(
            "From %s to %s; please report this.".formatted(stage, next));
      }
      become(next);
    } finally {
      lock.unlock();
    }
  }

  private void become(Stage next) {
    stage = next;
    changed.signalAll();
  }

  /**
   * Waits for a stage. An interrupt does not end the wait, which has a deadline, and is set again.
   *
   * @return {@code false} if it was not seen in time
   */
  boolean await(Predicate<Stage> wanted, Deadline deadline) {
    boolean isInterrupted = false;
    lock.lock();
    try {
      while (!wanted.test(stage)) {
        long left = deadline.remainingNanos();
        if (left <= 0) {
          return false;
        }
        try {
          long unused = changed.awaitNanos(left);
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
      return true;
    } finally {
      lock.unlock();
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

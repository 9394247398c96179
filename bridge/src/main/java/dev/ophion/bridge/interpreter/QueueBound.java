package dev.ophion.bridge.interpreter;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls that wait, where there is a bound for them. Thread-safe. */
final class QueueBound {

  private final int most;
  private final AtomicInteger waiting = new AtomicInteger();

  /** How many of them could not be queued; as {@link Intake#withdrawn}. */
  volatile int withdrawn;

  /** No bound if it is 0. */
  QueueBound(int most) {
    this.most = most;
  }

  /** Lets one more wait; {@code false} if there are as many as may. */
  boolean enter() {
    if (most == 0) {
      return true;
    }
    int seen = waiting.get();
    while (seen - withdrawn < most) {
      int found = waiting.compareAndExchange(seen, seen + 1);
      if (found == seen) {
        return true;
      }
      seen = found;
    }
    return false;
  }

  /** One waits no longer: it begins, or was given up before. */
  void leave() {
    if (most != 0) {
      waiting.decrementAndGet();
    }
  }

  int most() {
    return most;
  }
}

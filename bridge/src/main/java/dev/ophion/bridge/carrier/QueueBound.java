package dev.ophion.bridge.carrier;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls that wait, where there is a bound for them. Thread-safe. */
public final class QueueBound {

  private final int most;
  private final AtomicInteger waiting = new AtomicInteger();

  /** How many of them could not be queued; as {@link Intake#withdrawn}. */
  public volatile int withdrawn;

  /** No bound if it is 0. */
  public QueueBound(int most) {
    this.most = most;
  }

  /** Lets one more wait; {@code false} if there are as many as may. */
  public boolean enter() {
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
  public void leave() {
    if (most != 0) {
      waiting.decrementAndGet();
    }
  }

  public int most() {
    return most;
  }
}

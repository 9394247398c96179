package dev.ophion.bench;

import java.util.concurrent.atomic.AtomicLongArray;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A thread that spins on a number and answers it by its negative. Positive numbers ask. */
@State(Scope.Benchmark)
public class Echo {

  /** Far from either end, so that nothing else is on the same cache line. */
  private static final int USED = 32;

  private final AtomicLongArray line = new AtomicLongArray(2 * USED);
  private volatile boolean isOver;

  /** Begins to spin. */
  public Echo() {
    Thread thread = new Thread(this::answer, "echo");
    thread.setDaemon(true);
    thread.start();
  }

  private void answer() {
    while (!isOver) {
      long seen = line.getAcquire(USED);
      if (seen > 0) {
        line.setRelease(USED, -seen);
      }
      Thread.onSpinWait();
    }
  }

  /** Sends a positive number there and waits for it to come back. */
  long there(long number) {
    line.setRelease(USED, number);
    long seen;
    while ((seen = line.getAcquire(USED)) > 0) {
      Thread.onSpinWait();
    }
    return -seen;
  }

  /** Ends the thread. */
  @TearDown
  public void end() {
    isOver = true;
  }
}

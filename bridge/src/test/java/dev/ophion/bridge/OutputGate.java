package dev.ophion.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Output;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Python tell Java that it has come to some point, and wait there for Java: code that prints a
 * line goes on when the gate is open.
 */
public final class OutputGate {

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  /** Returns what the interpreter is to print to. */
  public Output output() {
    return Output.lines(
        line -> {
          reached.countDown();
          try {
            opened.await(120, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Waits until a line has been printed. */
  public void awaitReached() throws InterruptedException {
    assertThat(reached.await(30, TimeUnit.SECONDS)).isTrue();
  }

  /** Lets Python go on, now and ever after. */
  public void open() {
    opened.countDown();
  }
}

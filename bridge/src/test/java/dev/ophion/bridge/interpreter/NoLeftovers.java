package dev.ophion.bridge.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.bridge.engine.Unowned;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.runtime.TestRuntime;
import dev.ophion.bridge.waiting.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Checks after every test that no interpreter, carrier or lease is left over, and that its
 * interpreters ended without a handle or a pin that nobody owned. What uses memory of others (an
 * exporter) has a lease each; memory that is lent keeps its interpreter.
 */
public final class NoLeftovers implements BeforeEachCallback, AfterEachCallback {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private long handles;
  private long pins;
  private long lateReplies;

  @Override
  public void beforeEach(ExtensionContext context) {
    awaitNoInterpreter();
    handles = Unowned.handles();
    pins = Unowned.pins();
    lateReplies = Unowned.lateReplies();
  }

  /**
   * Waits for the interpreters that earlier tests have left behind. While one lives, {@link
   * Unowned#handles} knows what Java has got from it, and not what its engine has made.
   */
  static void awaitNoInterpreter() {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!TestRuntime.registry().all().isEmpty() && deadline.remainingNanos() > 0) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(TestRuntime.registry().all()).as("left behind by an earlier test").isEmpty();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!isClean() && deadline.remainingNanos() > 0) {
      // Buffers that went out of scope are given back when the collector has found them.
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(TestRuntime.registry().all()).extracting(Interpreter::name).isEmpty();
    assertThat(LeaseTable.openLeases()).as("open leases").isZero();
    assertThat(unownedHandles()).as("handles of engines that Java never got").isZero();
    assertThat(Unowned.pins()).as("pins that nobody has read").isEqualTo(pins);
  }

  private boolean isClean() {
    return TestRuntime.registry().all().isEmpty()
        && LeaseTable.openLeases() == 0
        && unownedHandles() == 0;
  }

  /** Below 0 is what a constructor without memory for the handle took. */
  private long unownedHandles() {
    if (Unowned.lateReplies() != lateReplies) {
      return 0;
    }
    return Math.max(0, Unowned.handles() - handles);
  }
}

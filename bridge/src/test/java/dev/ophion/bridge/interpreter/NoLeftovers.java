package dev.ophion.bridge.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.bridge.memory.LeaseTable;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Checks after every test that no interpreter, carrier or lease is left over. */
public final class NoLeftovers implements AfterEachCallback {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public void afterEach(ExtensionContext context) {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!isClean() && deadline.remainingNanos() > 0) {
      // Buffers that went out of scope are given back when the collector has found them.
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(Python.start().interpreters()).extracting(Interpreter::name).isEmpty();
    assertThat(LeaseTable.openLeases()).as("open leases").isZero();
  }

  private static boolean isClean() {
    return Python.start().interpreters().isEmpty() && LeaseTable.openLeases() == 0;
  }
}

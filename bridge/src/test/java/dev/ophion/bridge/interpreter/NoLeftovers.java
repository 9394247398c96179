package dev.ophion.bridge.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.runtime.TestRuntime;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Checks after every test that no interpreter, carrier or lease is left over. */
public final class NoLeftovers implements AfterEachCallback {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

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
  }

  private static boolean isClean() {
    return TestRuntime.registry().all().isEmpty() && LeaseTable.openLeases() == 0;
  }
}

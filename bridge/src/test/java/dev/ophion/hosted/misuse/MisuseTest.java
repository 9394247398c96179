package dev.ophion.hosted.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.bridge.JvmRun;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every public operation on interpreters, payloads, arrays, buffers, handles and shared memory, in
 * an order that seeds decide, by several threads on the same objects, use after close included. The
 * JVM lives on, only documented exceptions come, every piece of memory holds what was written, and
 * in the end nothing is left.
 *
 * <p>{@code -Ddev.ophion.misuse.seconds=600} runs longer, {@code -Ddev.ophion.misuse.seed=7} with
 * other seeds, {@code -Ddev.ophion.misuse.isolation=IMAGE} with one kind of interpreters.
 */
@Tag("subinterpreter") // it makes both kinds itself
@ExtendWith(NoLeftovers.class)
final class MisuseTest {

  private static final long SECONDS = Long.getLong("dev.ophion.misuse.seconds", 60);

  @Test
  void anySequence_ofPublicCalls_isSafe() throws Exception {
    String only = System.getProperty("dev.ophion.misuse.isolation");
    MisuseRun.run(
        new Things(Python.start(), only == null ? null : Isolation.valueOf(only), ""), SECONDS);
  }

  /** Beside and before the runtime's own hook, or with none. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anySequence_inShutdownHooks_letsTheJvmExit(boolean closes) throws Exception {
    JvmRun.Outcome outcome =
        new JvmRun()
            .run(MisusingJvm.class, Boolean.toString(closes), Long.toString(MisuseRun.SEED));

    assertThat(outcome.status()).as(outcome.output()).isEqualTo(MisusingJvm.CODE);
    assertThat(outcome.output()).doesNotContain("AssertionError");
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.StartException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.waiting.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The runtime's close while Java still holds a buffer that it was handed. */
@ExtendWith(NoLeftovers.class)
@Timeout(240)
final class LentAtCloseTest {

  private static final PythonOptions IMPATIENT =
      PythonOptions.builder().closeTimeout(Duration.ofSeconds(2)).build();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A field, so that nothing but the test decides how long the buffer is reachable. */
  private @Nullable ByteBuffer weights;

  @BeforeEach
  void endRuntime() {
    Python.start().close();
  }

  @AfterEach
  void letGo() {
    weights = null;
    startOnceTheBufferIsGone().close();
  }

  /** Each start gives the collector two seconds to find the buffer. */
  private static Python startOnceTheBufferIsGone() {
    Deadline deadline = Deadline.in(PATIENCE);
    while (true) {
      try {
        return Python.start(IMPATIENT);
      } catch (StartException stillHeld) {
        if (deadline.remainingNanos() <= 0) {
          throw stillHeld;
        }
      }
    }
  }

  private Python lendWeights() {
    Python python = Python.start(IMPATIENT);
    try (Interpreter worker = python.newInterpreter("worker")) {
      worker.exec("import array; model = array.array('d', [0.25, 0.5])");
      try (Payload model = worker.dump("model")) {
        weights = model.buffers().get(0).asByteBuffer();
      }
    }
    return python;
  }

  @Test
  void close_whileABufferIsHeld_returnsAndLeavesItReadable() {
    Python python = lendWeights();

    python.close();
    python.close();

    assertThat(weights).isNotNull();
    assertThat(weights.getDouble(8)).isEqualTo(0.5);
  }

  @Test
  void closeWithDuration_whileABufferIsHeld_saysWhatIsLent() {
    Python python = lendWeights();

    assertThatThrownBy(() -> python.close(Duration.ofMillis(100)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("'worker'")
        .hasMessageContaining("1 buffer, 16 bytes");
    assertThat(weights).isNotNull();
  }

  @Test
  void start_whileABufferIsHeld_isRefused_andStartsOnceItIsGone() {
    Python first = lendWeights();
    first.close();
    assertThatThrownBy(() -> Python.start(IMPATIENT))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("still closing (worker: CLOSING)")
        .hasCauseInstanceOf(CloseTimeoutException.class);
    assertThat(weights).isNotNull();

    weights = null;

    try (Python second = startOnceTheBufferIsGone()) {
      assertThat(second).isNotSameAs(first);
    }
  }
}

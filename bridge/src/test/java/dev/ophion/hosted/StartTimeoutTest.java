package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Python;
import dev.ophion.StartException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Start code that takes longer than the options allow. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class StartTimeoutTest {

  private static InterpreterOptions starting(String code, Duration timeout) {
    return InterpreterOptions.builder()
        .name("starting")
        .startCode(code)
        .startTimeout(timeout)
        .build();
  }

  @Test
  void startCode_endless_failsByNameOfTheOption_andItsNameIsFree() {
    Python runtime = Python.start();
    for (int round = 0; round < 3; round++) {
      assertThatThrownBy(
              () ->
                  runtime.newInterpreter(
                      starting(
                          "def endless():\n    while True: pass\nendless()",
                          Duration.ofSeconds(3))))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("'starting' did not start within 3 s")
          .hasMessageContaining("InterpreterOptions.startTimeout")
          .hasMessageContaining("its start code runs")
          .hasMessageContaining("in endless");
      assertThat(runtime.interpreters()).isEmpty();
    }
  }

  @Test
  void startCode_thatCatchesTheInterrupt_endsWhenItWants(@TempDir Path folder) throws Exception {
    Path stop = folder.resolve("stop");
    Python runtime = Python.start();
    String code =
        """
        import os
        while not os.path.exists('%s'):
            try:
                while not os.path.exists('%s'): pass
            except KeyboardInterrupt: pass
        """
            .formatted(stop, stop);
    assertThatThrownBy(() -> runtime.newInterpreter(starting(code, Duration.ofSeconds(2))))
        .isInstanceOf(StartException.class);
    Interpreter left = runtime.interpreters().get(0);
    assertThat(left.state()).isEqualTo(InterpreterState.CLOSING);
    Files.createFile(stop);
    left.close(Duration.ofSeconds(30));
    assertThat(left.state()).isIn(InterpreterState.CLOSED, InterpreterState.FAILED);
    assertThat(runtime.interpreters()).isEmpty();
  }

  @Test
  void startTimeout_notPositive_isRefused() {
    for (Duration timeout : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
      assertThatThrownBy(() -> InterpreterOptions.builder().startTimeout(timeout).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("startTimeout must be positive");
    }
  }
}

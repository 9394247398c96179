package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.CallCancelledException;
import dev.ophion.ClosePolicy;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterState;
import dev.ophion.Python;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ThreadsGuideTest {

  @Test
  void close_thatCancels_endsALoop() {
    try (Python python = Python.start()) {
      Interpreter worker = python.newInterpreter("worker");
      // example
      CompletableFuture<Void> endless = worker.async().exec("while True: pass");
      worker.close(ClosePolicy.CANCEL, Duration.ofSeconds(10)); // the loop ends where it is
      // end of example

      assertThat(endless)
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableThat()
          .withCauseInstanceOf(CallCancelledException.class);
      assertThat(worker.state()).isEqualTo(InterpreterState.CLOSED);
    }
  }
}

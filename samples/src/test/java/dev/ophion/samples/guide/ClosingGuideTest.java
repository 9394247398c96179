package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ClosingGuideTest {

  @Test
  void close_withADeadline_saysWhatHoldsItUp() {
    String message = "";
    Python python = Python.start();
    // example
    Interpreter worker = python.newInterpreter("worker");
    NdArray lent = worker.eval("memoryview(bytearray(1000))", NdArray.class);
    try {
      worker.close(Duration.ofSeconds(1));
    } catch (CloseTimeoutException late) {
      message = late.getMessage(); // ... its memory is lent (1 buffer, 1000 bytes) ...
    }
    lent.close(); // now it ends
    worker.close(Duration.ofSeconds(10));
    // end of example
    python.close();

    assertThat(message).contains("worker").contains("1000 bytes");
  }

  @Test
  void shutdownHook_canBeLeftToTheServer() {
    // example
    PythonOptions options = PythonOptions.builder().shutdownHook(false).build();
    // end of example

    assertThat(options.shutdownHook()).isFalse();
  }
}

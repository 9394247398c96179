package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.CloseTimeoutException;
import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.SharedMemory;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is said of memory that was not given back, where leases are traced. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class TraceLeasesTest {

  private static final String HERE = "at dev.ophion.hosted.TraceLeasesTest.";

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final PrintStream systemErr = System.err;
  private Python python;

  @BeforeEach
  void start() {
    Python.start().close();
    python = Python.start(PythonOptions.builder().traceLeases(true).build());
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    System.setErr(systemErr);
    python.close();
    // The next one does not trace.
    Python.start().close();
  }

  private String logged() {
    return log.toString(StandardCharsets.UTF_8);
  }

  private static void forget(Interpreter worker) {
    assertThat(((NdArray) worker.eval("array.array('d', [1, 2])")).shape()).containsExactly(2);
  }

  @Test
  void arrayThatTheCollectorFound_isLoggedWithItsPlace() {
    try (Interpreter worker = python.newInterpreter("worker")) {
      worker.exec("import array");
      forget(worker);
      while (!logged().contains("garbage collector found it")) {
        System.gc();
        Thread.onSpinWait();
      }
    }
    assertThat(logged())
        .contains("A NdArray was not closed")
        .contains("1 buffer, 16 bytes")
        .contains("PYTHON, 16 bytes, taken by the thread")
        .contains(HERE + "forget");
  }

  @Test
  void closeThatTimesOut_saysWhereItWasTaken() {
    Interpreter worker = python.newInterpreter("worker");
    worker.exec("import array");
    try (NdArray array = worker.eval("array.array('d', [1, 2])", NdArray.class)) {
      assertThatThrownBy(() -> worker.close(Duration.ofSeconds(2)))
          .isInstanceOf(CloseTimeoutException.class)
          .hasMessageContaining("1 buffer, 16 bytes")
          .hasMessageContaining(HERE + "closeThatTimesOut_saysWhereItWasTaken");
      assertThat(array.toArray(double[].class)).containsExactly(1, 2);
    }
    worker.close(Duration.ofSeconds(60));
  }

  @Test
  void runtimeThatIsClosedWithMemoryLent_saysWhereItWasTaken() {
    Interpreter worker = python.newInterpreter("worker");
    worker.exec("import array");
    try (SharedMemory memory = SharedMemory.allocate(DType.INT64, 4);
        NdArray array = worker.eval("array.array('d', [1, 2])", NdArray.class)) {
      assertThat(python.metrics().sharedBytes()).isEqualTo(32);
      python.close();
      assertThat(logged())
          .contains("The runtime was closed while memory is lent: 1 buffer, 16 bytes")
          .contains("PYTHON, 16 bytes, taken by the thread")
          .contains(HERE + "runtimeThatIsClosed")
          .doesNotContain("RUNTIME"); // needs no runtime
      assertThat(memory.toArray(long[].class)).containsOnly(0);
      assertThat(array.toArray(double[].class)).containsExactly(1, 2);
    }
  }
}

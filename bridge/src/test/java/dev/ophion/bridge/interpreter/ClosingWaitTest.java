package dev.ophion.bridge.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Python;
import dev.ophion.bridge.OutputGate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** How closers wait, and what they are told when that was in vain. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class ClosingWaitTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final OutputGate gate = new OutputGate();

  /** What prints waits for the gate. */
  private InterpreterOptions.Builder gated(String name) {
    return InterpreterOptions.builder().name(name).stdout(gate.output());
  }

  private interface Close {
    void run() throws Exception;
  }

  /** Closes on an interrupted thread; the result says whether it was left so. */
  private static CompletableFuture<Boolean> closeInterrupted(Close close) {
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread closer =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              try {
                close.run();
                flag.complete(Thread.currentThread().isInterrupted());
              } catch (Throwable failure) {
                flag.completeExceptionally(failure);
              }
            });
    closer.start();
    return flag;
  }

  private static void awaitClosing(Interpreter python) {
    while (python.state() == InterpreterState.RUNNING) {
      Thread.onSpinWait();
    }
  }

  private void closesAllTheSame(Interpreter python, Close close) throws Exception {
    CompletableFuture<Void> call = python.async().exec("print('here')");
    gate.awaitReached();
    CompletableFuture<Boolean> flag = closeInterrupted(close);
    awaitClosing(python);
    gate.open();
    assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
    call.get(30, TimeUnit.SECONDS);
  }

  @Test
  void close_onAnInterruptedThread_waitsForTheEnd() throws Exception {
    Interpreter python = Python.start().newInterpreter(gated("interrupted").build());
    closesAllTheSame(python, python::close);
  }

  @Test
  void closeInTime_onAnInterruptedThread_waitsForTheEnd() throws Exception {
    Interpreter python = Python.start().newInterpreter(gated("interrupted").build());
    closesAllTheSame(python, () -> python.close(LONG));
  }

  @Test
  void closeOfTheRuntime_onAnInterruptedThread_waitsForTheEnd() throws Exception {
    Python runtime = Python.start();
    Interpreter python = runtime.newInterpreter(gated("interrupted").build());
    closesAllTheSame(python, runtime::close);
  }

  @Test
  void close_onAnInterruptedThread_saysWhatRuns() {
    Interpreter python = Python.start().newInterpreter("reported");
    python.exec("stop = False\ndef busy():\n    while not stop: pass");
    CompletableFuture<Object> busy = python.async().call("busy", Object.class);
    assertThatThrownBy(() -> closeInterrupted(() -> python.close(Duration.ofSeconds(2))).get())
        .hasCauseInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("did not close within 2 s: calls run or wait")
        .hasMessageContaining("in busy");
    assertThat(busy).isNotDone();
    visit(python, "__main__.stop = True");
    python.close(LONG);
  }

  @Test
  void close_threadRuns_cancelIsNotAdvised() {
    Interpreter python = Python.start().newInterpreter("threads");
    python.exec(
        """
        import threading
        stop = threading.Event()
        def lasting():
            while not stop.wait(0.01): pass
        threading.Thread(target=lasting, name='lasting-thread').start()
        """);
    assertThatThrownBy(() -> python.close(Duration.ofSeconds(2)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("Python threads run")
        .hasMessageContaining("in lasting")
        .hasMessageContaining("PythonOptions.closeTimeout (10 s)")
        .hasMessageNotContaining("close(ClosePolicy.CANCEL");
    visit(python, "__main__.stop.set()");
    python.close(LONG);
  }

  @Test
  void close_nativeCodeKeepsTheGil_isSaid_withoutWaitingForIt() throws Exception {
    Interpreter python = Python.start().newInterpreter(gated("native").build());
    gate.open();
    python.exec(
        """
        import ctypes, os
        reader, writer = os.pipe()
        byte = ctypes.create_string_buffer(1)
        """);
    Path pipe = Path.of("/proc/self/fd/" + python.eval("writer"));
    CompletableFuture<Void> call =
        python.async().exec("print('here')\nctypes.PyDLL(None).read(reader, byte, 1)");
    try {
      gate.awaitReached();
      // It may look before the call begins, and takes the GIL from it then at the print.
      while (isSeen(python)) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> python.close(Duration.ofMillis(200)))
          .isInstanceOf(CloseTimeoutException.class)
          .hasMessageContaining("the GIL could not be had in time");
    } finally {
      Files.write(pipe, new byte[1]);
    }
    call.get(30, TimeUnit.SECONDS);
    python.close(LONG);
  }

  private static boolean isSeen(Interpreter python) {
    Object seen =
        ((HostedInterpreter) python)
            .closer()
            .look()
            .completeOnTimeout(null, 100, TimeUnit.MILLISECONDS)
            .join();
    return seen != null;
  }

  private static void visit(Interpreter python, String source) {
    ((HostedInterpreter) python).visit("builtins:exec", "import __main__; " + source, Map.of());
  }
}

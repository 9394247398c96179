package dev.ophion.bridge.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.CallCancelledException;
import dev.ophion.ClosePolicy;
import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.bridge.OutputGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class ClosingTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private static Interpreter open(InterpreterOptions.Builder options) {
    return Python.start().newInterpreter(options.build());
  }

  private static InterpreterOptions.Builder named(String name) {
    return InterpreterOptions.builder().name(name);
  }

  @Test
  void close_twice_doesNothing() {
    Interpreter python = open(named("twice"));
    python.close();
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
    python.close();
    python.close(LONG);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("twice");
  }

  @Test
  void close_fromSeveralThreads_endsOnce() throws Exception {
    Interpreter python = open(named("several"));
    List<CompletableFuture<Void>> closers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      closers.add(CompletableFuture.runAsync(python::close));
    }
    for (CompletableFuture<Void> closer : closers) {
      closer.get(30, TimeUnit.SECONDS);
    }
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @Test
  void close_finish_runsWhatWasQueued() throws Exception {
    OutputGate gate = new OutputGate();
    Interpreter python = open(named("finish").stdout(gate.output()));
    List<CompletableFuture<Object>> calls = new ArrayList<>();
    calls.add(python.async().eval("print('here') or 'first'", Object.class));
    gate.awaitReached();
    for (int i = 0; i < 20; i++) {
      calls.add(python.async().eval("" + i, Object.class));
    }
    CompletableFuture<Void> closer = CompletableFuture.runAsync(python::close);
    awaitClosing(python);
    assertThatThrownBy(() -> python.exec("1")).isInstanceOf(InterpreterClosedException.class);
    gate.open();
    closer.get(30, TimeUnit.SECONDS);
    for (int i = 0; i < 20; i++) {
      assertThat(calls.get(i + 1).get(30, TimeUnit.SECONDS)).isEqualTo((long) i);
    }
    assertThat(calls.get(0).get()).isEqualTo("first");
  }

  @Test
  void close_cancel_failsWhatWaits_andInterruptsWhatRuns() throws Exception {
    OutputGate gate = new OutputGate();
    Interpreter python =
        open(named("cancel").closePolicy(ClosePolicy.CANCEL).stdout(gate.output()));
    CompletableFuture<Void> endless = python.async().exec("print('here')\nwhile True: pass");
    gate.awaitReached();
    CompletableFuture<Object> waiting = python.async().eval("1", Object.class);
    gate.open();
    python.close();
    assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CallCancelledException.class);
    assertThatThrownBy(() -> endless.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CallCancelledException.class)
        .hasStackTraceContaining("KeyboardInterrupt");
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @Test
  void close_deadlinePasses_saysWhatRuns_andEndsLater() throws Exception {
    OutputGate gate = new OutputGate();
    Interpreter python = open(named("late").stdout(gate.output()));
    python.exec("stop = False\ndef busy():\n    print('here')\n    while not stop: pass");
    CompletableFuture<Object> busy = python.async().call("busy", Object.class);
    gate.awaitReached();
    gate.open();
    assertThatThrownBy(() -> python.close(Duration.ofSeconds(2)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("'late'")
        .hasMessageContaining("in busy");
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSING);
    stopFromOutside(python);
    busy.get(30, TimeUnit.SECONDS);
    python.close(LONG);
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  /** The carrier is busy and takes no calls any more, so a visitor assigns the variable. */
  private static void stopFromOutside(Interpreter python) {
    visit(python, "__main__.stop = True");
  }

  private static void visit(Interpreter python, String source) {
    ((HostedInterpreter) python).visit("builtins:exec", "import __main__; " + source, Map.of());
  }

  @Test
  void close_pythonThreadRuns_isWaitedFor() {
    List<String> lines = new CopyOnWriteArrayList<>();
    Interpreter python = open(named("threads").stdout(Output.lines(lines::add)));
    python.exec(
        """
        import threading, time
        def work():
            time.sleep(0.2)
            print('done')
        threading.Thread(target=work).start()
        """);
    python.close();
    assertThat(lines).containsExactly("done");
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @Test
  void close_pythonThreadNeverEnds_isAskedTo() {
    HostedInterpreter python =
        TestInterpreters.open(named("endless").build(), Duration.ofSeconds(2));
    python.exec(
        """
        import threading
        def work():
            while True: pass
        threading.Thread(target=work, name='spinner').start()
        """);
    python.close(LONG);
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
    assertThat(Python.start().interpreters()).isEmpty();
  }

  @Test
  void close_pythonThreadThatIgnoresTheRequest_isNamed() {
    HostedInterpreter python =
        TestInterpreters.open(named("stubborn").build(), Duration.ofSeconds(2));
    python.exec(
        """
        import threading
        stop = threading.Event()
        def work():
            while not stop.is_set():
                try:
                    while not stop.wait(0.01): pass
                except SystemExit: pass
        threading.Thread(target=work, name='stubborn-thread').start()
        """);
    assertThatThrownBy(python::close)
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("stubborn-thread")
        .hasMessageContaining("in work");
    visit(python, "__main__.stop.set()");
    python.close(LONG);
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @Test
  void close_threadStillWaitsAfterTheExitFunctions_isNamed() {
    Interpreter python = open(named("lasting"));
    python.exec(
        """
        import atexit, threading, _thread
        stop = _thread.allocate_lock()
        stop.acquire()
        exited = threading.Event()
        atexit.register(exited.set)
        def lasting(): stop.acquire()
        try:
            threading.Thread(target=lasting, daemon=True, name='lasting-thread').start()
        except RuntimeError:  # a subinterpreter
            def named():
                threading.current_thread().name = 'lasting-thread'
                lasting()
            _thread.start_new_thread(named, ())
        """);
    assertThatThrownBy(() -> python.close(Duration.ofSeconds(2)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("still run after its exit functions")
        .hasMessageContaining("'lasting-thread'")
        .hasMessageContaining("in lasting");
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSING);
    visit(python, "assert __main__.exited.is_set()");
    visit(python, "__main__.stop.release()");
    python.close(LONG);
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @Test
  void close_exitFunctionBlocks_isNamed() {
    Interpreter python = open(named("blocking"));
    python.exec(
        """
        import atexit, threading
        stop = threading.Event()
        def blocking(): stop.wait()
        atexit.register(blocking)
        """);
    assertThatThrownBy(() -> python.close(Duration.ofSeconds(2)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("its exit functions run")
        .hasMessageContaining("in blocking");
    visit(python, "__main__.stop.set()");
    python.close(LONG);
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @Test
  void close_onItsOwnCarrier_beginsTheClose() throws Exception {
    Interpreter python = open(named("own"));
    python.attach(
        () -> {
          python.close();
          return null;
        });
    python.close(LONG);
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @Test
  void close_runsExitFunctions() {
    List<String> lines = new CopyOnWriteArrayList<>();
    Interpreter python = open(named("atexit").stdout(Output.lines(lines::add)));
    python.exec("import atexit\natexit.register(print, 'bye')");
    python.close();
    assertThat(lines).containsExactly("bye");
  }

  @Test
  void call_waitingThreadInterrupted_isCancelled() throws Exception {
    OutputGate gate = new OutputGate();
    Interpreter python = open(named("interrupted").stdout(gate.output()));
    CompletableFuture<Void> first = python.async().exec("print('here')");
    gate.awaitReached();
    CompletableFuture<Throwable> seen = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                python.eval("object()");
                seen.complete(new AssertionError("was not cancelled"));
              } catch (CallCancelledException expected) {
                seen.complete(
                    Thread.currentThread().isInterrupted()
                        ? expected
                        : new AssertionError("the flag was lost"));
              }
            });
    caller.start();
    caller.interrupt();
    assertThat(seen.get(30, TimeUnit.SECONDS)).isInstanceOf(CallCancelledException.class);
    gate.open();
    first.get(30, TimeUnit.SECONDS);
    python.close(LONG);
  }

  private static void awaitClosing(Interpreter python) {
    while (python.state() == InterpreterState.RUNNING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void close_withoutAValidTimeout_changesNothing() {
    try (Interpreter interpreter = Python.start().newInterpreter("invalid timeout")) {
      assertThatThrownBy(() -> interpreter.close(Duration.ofSeconds(-1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("take zero or more");
      assertThatThrownBy(() -> interpreter.close(null))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("the timeout is null");
      assertThatThrownBy(() -> interpreter.dump("1", null))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("the access is null");
      assertThat(interpreter.state()).isEqualTo(InterpreterState.RUNNING);
    }
  }
}

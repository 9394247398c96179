package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.ClosePolicy;
import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonObject;
import dev.ophion.StartException;
import dev.ophion.bridge.OutputGate;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What may happen at the same time as the end of an interpreter, or just before it. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class EndingTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private static Interpreter open(InterpreterOptions.Builder options) {
    return Python.start().newInterpreter(options.build());
  }

  private static InterpreterOptions.Builder named(String name) {
    return InterpreterOptions.builder().name(name);
  }

  @Test
  void calls_refusedByAClose_doNotStrandTheCarrier() throws Exception {
    for (int i = 0; i < 60; i++) {
      Interpreter python = Python.start().newInterpreter("stranded");
      AtomicBoolean stop = new AtomicBoolean();
      List<CompletableFuture<Void>> callers = new ArrayList<>();
      for (int k = 0; k < 3; k++) {
        callers.add(CompletableFuture.runAsync(() -> callUntil(stop, python)));
      }
      python.eval("1");
      try {
        python.close(LONG);
      } finally {
        stop.set(true);
      }
      for (CompletableFuture<Void> caller : callers) {
        caller.get(30, TimeUnit.SECONDS);
      }
    }
  }

  private static void callUntil(AtomicBoolean stop, Interpreter python) {
    while (!stop.get()) {
      try {
        python.eval("1");
      } catch (InterpreterClosedException refused) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void reply_readAfterTheEnd_isWhole() throws Exception {
    for (int i = 0; i < 20; i++) {
      Interpreter python = Python.start().newInterpreter("large");
      CompletableFuture<String> large = python.async().eval("'x' * 3_000_000", String.class);
      python.close(LONG);
      assertThat(large.get(30, TimeUnit.SECONDS)).hasSize(3_000_000);
    }
  }

  /** They have no threading.Thread that could be joined, and the carrier ends while they begin. */
  @Test
  void rawThreads_thatHaveNotBegun_areWaitedFor() {
    for (int i = 0; i < 20; i++) {
      try (Interpreter python = Python.start().newInterpreter("raw")) {
        python.exec(
            """
            import _thread, sys
            sys.setswitchinterval(1)
            for _ in range(20):
                _thread.start_new_thread(lambda: None, ())
            """);
      }
    }
  }

  /** Such a thread is none for _thread._count() any more, and still runs Python code. */
  @Test
  void rawThread_whoseThreadLocalsAreFinalized_isWaitedFor() {
    List<String> lines = new CopyOnWriteArrayList<>();
    try (Interpreter python = open(named("locals").stdout(Output.lines(lines::add)))) {
      python.exec(
          """
          import _thread, threading, time
          local = threading.local()
          class Slow:
              def __del__(self):
                  finalizing.release()
                  time.sleep(0.3)
                  print('finalized')
          finalizing = _thread.allocate_lock()
          finalizing.acquire()
          def work():
              local.slow = Slow()
          _thread.start_new_thread(work, ())
          finalizing.acquire()
          """);
    }
    assertThat(lines).containsExactly("finalized");
  }

  @Test
  void rawThread_begunByAFinalizerOrExitFunction_isWaitedFor() {
    List<String> lines = new CopyOnWriteArrayList<>();
    Interpreter python = open(named("begun").stdout(Output.lines(lines::add)));
    python.exec(
        """
        import _thread, atexit, time
        def say(text, print=print, sleep=time.sleep):
            sleep(0.05)
            print(text + '\\n', end='')  # in one piece beside the other thread
        class Last:
            def __del__(self, start=_thread.start_new_thread, say=say):
                start(say, ('of a handle',))
        atexit.register(_thread.start_new_thread, say, ('of an exit function',))
        """);
    PythonObject last = python.eval("Last()", PythonObject.class);
    python.close(LONG);
    last.close();
    assertThat(lines).containsExactlyInAnyOrder("of a handle", "of an exit function");
  }

  /** Finalizers print while CPython ends the interpreter, and the consumer calls back. */
  @Test
  void consumer_callingBackDuringTheEnd_isRefused() {
    AtomicReference<Interpreter> python = new AtomicReference<>();
    List<Object> seen = new CopyOnWriteArrayList<>();
    python.set(
        open(
            named("callback")
                .stdout(Output.lines(line -> seen.add(tryToCall(python.get(), line))))));
    python
        .get()
        .exec(
            """
            import sys, types
            class Last:
                def __del__(self, write=sys.stdout.write): write('of a module\\n')
            module = types.ModuleType('keeper')
            module.last = Last()
            sys.modules['keeper'] = module
            """);
    python.get().close(LONG);
    assertThat(seen).containsExactly("of a module: refused");
  }

  private static String tryToCall(Interpreter python, String line) {
    try {
      return line + ": " + python.eval("object()");
    } catch (InterpreterClosedException expected) {
      return line + ": refused";
    }
  }

  @Test
  void close_whileStartCodeRuns_waitsOrReports() throws Exception {
    OutputGate gate = new OutputGate();
    CompletableFuture<Interpreter> starting =
        CompletableFuture.supplyAsync(
            () ->
                open(
                    named("starting")
                        .closePolicy(ClosePolicy.CANCEL)
                        .stdout(gate.output())
                        .startCode("print('here')\nwhile True: pass")));
    gate.awaitReached();
    Interpreter python = Python.start().interpreters().get(0);
    assertThat(python.state()).isEqualTo(InterpreterState.STARTING);
    assertThatThrownBy(() -> python.close(Duration.ofMillis(100)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("'starting'");
    gate.open();
    assertThatThrownBy(() -> starting.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(StartException.class)
        .hasStackTraceContaining("KeyboardInterrupt");
    python.close(LONG);
    assertThat(python.state()).isIn(InterpreterState.CLOSED, InterpreterState.FAILED);
  }

  @Test
  void startCode_raises_theNameIsFree() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> open(named("fails").startCode("1 / 0")))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("ZeroDivisionError");
    }
    open(named("fails")).close();
  }

  @Test
  void executors_leftOpen_endWithTheInterpreter() {
    List<String> lines = new CopyOnWriteArrayList<>();
    Interpreter python = open(named("executors").stdout(Output.lines(lines::add)));
    python.exec(
        """
        import asyncio, atexit, concurrent.futures, time
        threads = concurrent.futures.ThreadPoolExecutor(4)
        interpreters = concurrent.futures.InterpreterPoolExecutor(2)
        list(interpreters.map(abs, range(10)))
        loop = asyncio.new_event_loop()
        loop.run_until_complete(loop.run_in_executor(None, int))
        threads.submit(time.sleep, 0.05)
        for i in range(8): threads.submit(print, 'queued')
        atexit.register(print, 'at exit')
        """);
    python.close(LONG);
    assertThat(lines).hasSize(9).endsWith("at exit");
  }

  @Test
  void nestedInterpreters_leftOpen_endWithTheirs() {
    try (Interpreter python = Python.start().newInterpreter("outer")) {
      python.exec(
          """
          from concurrent import interpreters
          inner = interpreters.create()
          inner.exec("x = 1")
          thread = interpreters.create().call_in_thread(int)
          """);
    }
  }
}

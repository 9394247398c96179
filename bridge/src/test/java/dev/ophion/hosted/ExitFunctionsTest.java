package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Isolation;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Exit functions run after the threads that Python waits for, and beside its daemon threads. */
@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class ExitFunctionsTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  /** What Python's own exit does not wait for; subinterpreters have no daemons of threading. */
  private static final String BACKGROUND =
      """
      import atexit, threading, time, _thread
      def background(work):
          try:
              threading.Thread(target=work, daemon=True).start()
          except RuntimeError:
              _thread.start_new_thread(work, ())
      """;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();

  private InterpreterOptions.Builder options() {
    return InterpreterOptions.builder()
        .name("exits")
        .stdout(Output.lines(lines::add))
        .stderr(Output.lines(errors::add));
  }

  private Interpreter open(String source) {
    Interpreter python = Python.start().newInterpreter(options().build());
    python.exec(BACKGROUND + source);
    return python;
  }

  private Interpreter openImage(String source) {
    return openImage(Python.start(), source);
  }

  private Interpreter openImage(Python runtime, String source) {
    Interpreter python = runtime.newInterpreter(options().isolation(Isolation.IMAGE).build());
    python.exec(BACKGROUND + source);
    return python;
  }

  @Test
  void daemonThread_thatAnExitFunctionTellsToEnd_endsWithItsVariables() {
    Interpreter python =
        open(
            """
            stop, stopped = threading.Event(), threading.Event()
            values = [1, 2, 3]
            def work():
                stop.wait()
                print('saved', values)
                stopped.set()
            def tell():
                stop.set()
                stopped.wait()
                print('told')
            atexit.register(tell)
            background(work)
            """);
    python.close(LONG);
    assertThat(lines).containsExactly("saved [1, 2, 3]", "told");
    assertThat(errors).isEmpty();
  }

  @Test
  void nonDaemonThread_isWaitedForBeforeExitFunctions() {
    Interpreter python =
        open(
            """
            stop = threading.Event()
            def work():
                time.sleep(0.2)
                print('worked')
            atexit.register(print, 'at exit')
            atexit.register(stop.set)
            background(stop.wait)
            threading.Thread(target=work).start()
            """);
    python.close(LONG);
    assertThat(lines).containsExactly("worked", "at exit");
  }

  @Test
  void exitFunction_thatRaises_isReportedAndTheOthersRun() {
    Interpreter python =
        open(
            """
            atexit.register(print, 'first')
            atexit.register(lambda: 1 / 0)
            atexit.register(print, 'last')
            """);
    python.close(LONG);
    assertThat(lines).containsExactly("last", "first");
    assertThat(errors).anyMatch(line -> line.contains("ZeroDivisionError"));
  }

  @Test
  void exitFunction_thatStartsThreads_isWaitedForToTheirEnd() {
    Interpreter python =
        open(
            """
            def work():
                time.sleep(0.1)
                print('worked\\n', end='')  # in one piece beside the other thread
            atexit.register(lambda: threading.Thread(target=work).start())
            atexit.register(_thread.start_new_thread, work, ())
            """);
    python.close(LONG);
    assertThat(lines).containsExactly("worked", "worked");
  }

  /**
   * CPython aborts the process if an exit function starts a thread while it ends an interpreter.
   */
  @Test
  void exitFunction_registeredByTheLastFinalizer_runsAndMayStartThreads() {
    Interpreter python =
        open(
            """
            def say(print=print, sleep=time.sleep):
                sleep(0.1)
                print('late')
            class Last:
                def __del__(self, register=atexit.register, start=_thread.start_new_thread, say=say):
                    register(start, say, ())
            last = Last()
            """);
    python.close(LONG);
    assertThat(lines).containsExactly("late");
  }

  /** All threads are asked to end after half of the runtime's close timeout, which never comes. */
  @Test
  void daemonThread_thatNobodyTellsToEnd_isAskedSoonAfterTheExitFunctions() {
    Python.start().close();
    PythonOptions patient = PythonOptions.builder().closeTimeout(Duration.ofHours(1)).build();
    try (Python runtime = Python.start(patient)) {
      Interpreter python =
          openImage(
              runtime,
              """
              def work():
                  while True: time.sleep(0.01)
              atexit.register(print, 'at exit')
              background(work)
              """);
      python.close(LONG);
      assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
    }
    assertThat(lines).containsExactly("at exit");
    assertThat(errors).isEmpty();
  }

  @Test
  void librariesWithDaemonThreads_leftOpen_endWithTheImage() {
    Interpreter python =
        openImage(
            """
            import logging.handlers, multiprocessing, queue
            written = multiprocessing.Queue()
            written.put('x' * 100_000)
            assert written.get() == 'x' * 100_000
            records = queue.SimpleQueue()
            class Printer(logging.Handler):
                def emit(self, record): print(record.getMessage())
            listener = logging.handlers.QueueListener(records, Printer())
            listener.start()
            atexit.register(listener.stop)
            logging.getLogger().addHandler(logging.handlers.QueueHandler(records))
            logging.warning('logged')
            """);
    python.close(LONG);
    assertThat(lines).containsExactly("logged");
  }
}

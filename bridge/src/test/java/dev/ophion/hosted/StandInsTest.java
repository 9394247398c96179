package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guarded functions look like those of CPython. */
@ExtendWith(NoLeftovers.class)
final class StandInsTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("stand-ins");
    python.exec("import copy, inspect, os, pickle, signal, sys, _thread, fcntl, resource");
  }

  @AfterEach
  void close() {
    python.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "os.kill | posix | (pid, signal, /)",
        "os.killpg | posix | (pgid, signal, /)",
        "os._exit | posix | (status)",
        "os.abort | posix | ()",
        "signal.alarm | _signal | (seconds, /)",
        "_thread.interrupt_main | _thread | (signum=<Signals.SIGINT: 2>, /)",
        "sys._current_frames | sys | ()",
        "sys._current_exceptions | sys | ()",
        "fcntl.fcntl | fcntl | (fd, cmd, arg=0, /)",
        "resource.setrlimit | resource | (resource, limits, /)",
      })
  void function_guarded_looksLikeTheOriginal(String name, String module, String signature) {
    python.exec("f = " + name);
    String last = name.substring(name.indexOf('.') + 1);
    assertThat(python.eval("repr(f)")).isEqualTo("<built-in function " + last + ">");
    assertThat(python.eval("str(inspect.signature(f))")).isEqualTo(signature);
    assertThat(python.eval("f.__module__")).isEqualTo(module);
    assertThat(python.eval("pickle.loads(pickle.dumps(f)) is f is copy.deepcopy(f)"))
        .isEqualTo(true);
    assertThat(python.eval("inspect.isbuiltin(f) and inspect.ismodule(f.__self__)"))
        .isEqualTo(true);
  }

  @Test
  void function_guarded_bindsToNoInstance() {
    python.exec("class Closer: kill = os.kill\nCloser().kill(os.getpid(), 0)");
  }

  @Test
  void function_guarded_crossesByItsName() {
    try (Interpreter other = Python.start().newInterpreter("other")) {
      try (Payload payload = python.dump("[os.kill, signal.raise_signal]")) {
        other.load("x", payload);
      }
      other.exec("import os, signal");
      assertThat(other.eval("x == [os.kill, signal.raise_signal]")).isEqualTo(true);
    }
  }

  @Test
  void currentExceptions_showTheInterpretersOwn() {
    python.exec(
        """
        try: 1 / 0
        except ZeroDivisionError as e:
            seen = sys._current_exceptions()[_thread.get_ident()] is e
        """);
    assertThat(python.eval("seen")).isEqualTo(true);
    assertThat(python.eval("list(sys._current_exceptions().values()) == [None]")).isEqualTo(true);
  }

  /** The message names the function, and no frame of Ophion's is in the traceback. */
  @Test
  void rawThread_thatRaises_isReportedByItsFunction() {
    python.exec(
        """
        import threading
        reported = threading.Event()
        def hook(unraisable):
            global seen
            seen = unraisable.err_msg, unraisable.exc_value.__traceback__.tb_frame.f_code.co_name
            reported.set()
        sys.unraisablehook = hook
        def boom(): raise ValueError
        _thread.start_new_thread(boom, ())
        reported.wait()
        """);
    assertThat(python.eval("seen == (f'Exception ignored in thread started by {boom!r}', 'boom')"))
        .isEqualTo(true);
  }
}

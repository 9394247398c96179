package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals belong to the JVM: what would end it is refused. */
@ExtendWith(NoLeftovers.class)
final class SignalsTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("signals");
    python.exec("import os, signal, threading");
  }

  @AfterEach
  void close() {
    python.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "signal.alarm(1)",
        "signal.setitimer(signal.ITIMER_REAL, 0.01)",
        "signal.raise_signal(signal.SIGSEGV)",
        "os.kill(os.getpid(), signal.SIGABRT)",
        "os.kill(0, signal.SIGKILL)",
        "signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)",
        "os._exit(3)",
        "os.abort()",
      })
  void whatEndsTheJvm_isRefused(String code) {
    assertThatThrownBy(() -> python.exec(code))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("would end the whole JVM and is refused");
  }

  @Test
  void harmlessSignals_pass() {
    python.exec("os.kill(os.getpid(), 0)\nsignal.raise_signal(signal.SIGURG)");
    assertThatThrownBy(() -> python.exec("os.kill('x', 0)"))
        .isInstanceOfSatisfying(
            PythonException.class, e -> assertThat(e.typeName()).isEqualTo("TypeError"));
  }

  @Test
  void mask_leavesTheFaultsThatHotSpotNeeds() {
    python.exec("signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())");
    assertThat(python.eval("signal.SIGSEGV in signal.pthread_sigmask(signal.SIG_BLOCK, [])"))
        .isEqualTo(false);
    assertThat(python.eval("signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])"))
        .isEqualTo(true);
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Signals belong to the JVM; what would end it is tried in {@link DeadlyCallsTest}. */
@ExtendWith(NoLeftovers.class)
final class SignalsTest {

  private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private Interpreter python;

  @BeforeEach
  void open() {
    python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder()
                    .name("signals")
                    .stdout(Output.lines(output::add))
                    .stderr(Output.lines(errors::add))
                    .build());
    python.exec("import os, signal, threading, _thread");
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void harmlessSignals_pass() {
    python.exec("os.kill(os.getpid(), 0); os.killpg(0, 0); signal.raise_signal(signal.SIGURG)");
    assertThatThrownBy(() -> python.exec("os.kill('x', 0)"))
        .isInstanceOfSatisfying(
            PythonException.class, e -> assertThat(e.typeName()).isEqualTo("TypeError"));
  }

  @Test
  void signalsAndLimits_ofChildren_pass() {
    python.exec(
        """
        import resource, subprocess
        def sleep():
            # Whatever this JVM has inherited as ignored ends the child once it is up.
            line = ['env', '--default-signal', 'sh', '-c', 'echo up; exec sleep 60']
            child = subprocess.Popen(line, stdout=subprocess.PIPE, start_new_session=True)
            with child.stdout: child.stdout.readline()
            return child
        child = sleep(); os.kill(child.pid, signal.SIGTERM); codes = [child.wait()]
        child = sleep(); os.killpg(child.pid, signal.SIGINT); codes.append(child.wait())
        child = sleep()
        signal.pidfd_send_signal(os.pidfd_open(child.pid), signal.SIGKILL)
        codes.append(child.wait())
        child = sleep()
        resource.prlimit(child.pid, resource.RLIMIT_CPU, (1, 1))
        limits = resource.prlimit(child.pid, resource.RLIMIT_CPU)
        child.kill(); child.wait()
        """);
    assertThat(python.eval("codes")).isEqualTo(List.of(-15L, -2L, -9L));
    assertThat(python.eval("limits == (1, 1)")).isEqualTo(true);
  }

  @Test
  void interruptMain_onTheMainThread_raisesThere() {
    assertInterrupted("_thread.interrupt_main()\nwhile True: pass");
  }

  @Test
  void interruptMain_fromAThread_stopsTheMainThread() {
    assertInterrupted("threading.Thread(target=_thread.interrupt_main).start()\nwhile True: pass");
    python.exec("for _ in range(100_000): pass");
  }

  private void assertInterrupted(String code) {
    assertThatThrownBy(() -> python.exec(code))
        .isInstanceOfSatisfying(
            PythonException.class, e -> assertThat(e.typeName()).isEqualTo("KeyboardInterrupt"));
    assertThat(errors).isEmpty();
  }

  @Test
  void interruptMain_whileTheMainThreadIsIdle_raisesAtTheCaller() throws Exception {
    python.exec(
        """
        import sys
        def interrupt(main):
            while main in sys._current_frames(): pass
            try: _thread.interrupt_main()
            except RuntimeError as refusal: print(refusal)
        threading.Thread(target=interrupt, args=(threading.get_ident(),)).start()
        """);
    assertThat(output.poll(30, TimeUnit.SECONDS))
        .contains("runs no Python code that could be interrupted");
    python.exec("for _ in range(100_000): pass");
    assertThat(errors).isEmpty();
  }

  /** CPython ignores signals that Python has no handler for, and none can be set here. */
  @Test
  void interruptMain_withAnotherSignal_doesNothing() {
    python.exec("_thread.interrupt_main(signal.SIGTERM)\nfor _ in range(100_000): pass");
    assertThatThrownBy(() -> python.exec("_thread.interrupt_main(1000)"))
        .hasMessageContaining("signal number out of range");
    assertThat(errors).isEmpty();
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

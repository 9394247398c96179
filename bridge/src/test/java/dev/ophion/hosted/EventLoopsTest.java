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

/** asyncio on the carrier, without signals. */
@ExtendWith(NoLeftovers.class)
final class EventLoopsTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("loops");
    python.exec("import asyncio, os, signal, threading");
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void run_onTheCarrier_works_alsoWithChildProcesses() {
    python.exec(
        """
        async def main():
            child = await asyncio.create_subprocess_exec('true')
            return await child.wait(), await asyncio.to_thread(threading.get_ident)
        code, ident = asyncio.run(main())
        """);
    assertThat(python.eval("code == 0 and ident != threading.get_ident()")).isEqualTo(true);
  }

  @Test
  void signalHandler_isRefusedWithTheRemedy_andTheLoopStaysUsable() {
    python.exec("loop = asyncio.new_event_loop()");
    assertThatThrownBy(() -> python.exec("loop.add_signal_handler(signal.SIGTERM, print)"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("Have Java stop it");
    python.exec("loop.run_until_complete(asyncio.sleep(0))\nloop.close()");
  }

  /** As programs do that run on systems whose loops know no signals. */
  @Test
  void program_thatGoesOnWithoutSignals_runs() {
    python.exec(
        """
        async def main():
            try:
                asyncio.get_running_loop().add_signal_handler(signal.SIGINT, print)
            except NotImplementedError:
                return 'without'
        how = asyncio.run(main())
        try: signal.signal(signal.SIGTERM, print)
        except ValueError: how += ' signals'
        """);
    assertThat(python.eval("how")).isEqualTo("without signals");
  }

  @Test
  void wakeupDescriptor_isKeptAndGivenBack() {
    python.exec(
        """
        left, right = os.pipe()
        seen = [signal.set_wakeup_fd(fd) for fd in (right, left, -1, -1)]
        """);
    assertThat(python.eval("seen == [-1, right, left, -1]")).isEqualTo(true);
    assertThatThrownBy(() -> python.exec("signal.set_wakeup_fd(10**6)"))
        .isInstanceOf(PythonException.class);
    assertThatThrownBy(() -> python.exec("signal.set_wakeup_fd('x')"))
        .isInstanceOf(PythonException.class);
  }
}

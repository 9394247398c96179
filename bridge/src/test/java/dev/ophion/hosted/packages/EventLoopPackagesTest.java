package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Event loops of others on the carrier of an image. */
@Tag("packages")
@ExtendWith(NoLeftovers.class)
@Timeout(300)
final class EventLoopPackagesTest {

  private static final PythonEnvironment ENVIRONMENT =
      PythonEnvironment.requirements("anyio==4.16.0", "trio==0.35.0", "uvloop==0.23.0")
          .withPipArguments("--only-binary", ":all:");

  @Test
  void loops_onTheCarrier_runAndRefuseSignalHandlers() {
    try (Interpreter python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder()
                    .name("loops")
                    .isolation(Isolation.IMAGE)
                    .environment(ENVIRONMENT)
                    .build())) {
      python.exec(
          """
          import anyio, signal, trio, uvloop
          async def sleep():
              await anyio.sleep(0.001)
              return 5
          async def handle():
              with anyio.open_signal_receiver(signal.SIGTERM): pass
          results = [uvloop.run(sleep()), anyio.run(sleep), anyio.run(sleep, backend='trio')]
          results.append(anyio.run(sleep, backend_options={'use_uvloop': True}))
          """);
      assertThat(python.eval("results == [5] * 4")).isEqualTo(true);
      assertThatThrownBy(() -> python.exec("anyio.run(handle)"))
          .hasMessageContaining("Have Java stop it");
      assertThatThrownBy(() -> python.exec("uvloop.run(handle())"))
          .hasMessageContaining("Have Java stop it");
      python.exec("results.append(uvloop.run(sleep()))");
    }
  }
}

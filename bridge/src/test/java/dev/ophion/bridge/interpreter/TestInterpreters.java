package dev.ophion.bridge.interpreter;

import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.bridge.runtime.TestRuntime;
import dev.ophion.bridge.waiting.Timeouts;
import java.time.Duration;

/** Opens interpreters with what the API does not offer. */
public final class TestInterpreters {

  private TestInterpreters() {}

  public static HostedInterpreter open(InterpreterOptions options, Duration closeTimeout) {
    return open(options, closeTimeout, true);
  }

  public static HostedInterpreter open(
      InterpreterOptions options, Duration closeTimeout, boolean ownGil) {
    HostedInterpreter interpreter =
        TestRuntime.registry()
            .add(
                TestRuntime.image(),
                Isolation.SUBINTERPRETER,
                options,
                Timeouts.of(closeTimeout, true),
                ownGil);
    interpreter.start();
    return interpreter;
  }
}

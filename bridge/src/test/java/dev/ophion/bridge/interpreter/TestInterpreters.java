package dev.ophion.bridge.interpreter;

import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.bridge.runtime.TestRuntime;
import java.time.Duration;

/** Opens interpreters with what the API does not offer. */
final class TestInterpreters {

  private TestInterpreters() {}

  static HostedInterpreter open(InterpreterOptions options, Duration closeTimeout) {
    return open(options, closeTimeout, true);
  }

  static HostedInterpreter open(InterpreterOptions options, Duration closeTimeout, boolean ownGil) {
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

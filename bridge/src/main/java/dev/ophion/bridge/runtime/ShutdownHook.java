package dev.ophion.bridge.runtime;

import dev.ophion.bridge.interpreter.Closing;
import dev.ophion.bridge.interpreter.Deadline;
import dev.ophion.bridge.interpreter.HostedInterpreter;
import dev.ophion.bridge.interpreter.InterpreterRegistry;
import dev.ophion.natives.Host;
import java.time.Duration;
import java.util.List;

/**
 * Ends what is open when the JVM exits, so that Python's own exit functions run, within a deadline
 * short enough for a service that is being stopped. CPython's main interpreter is left alone: the
 * process ends anyway.
 */
final class ShutdownHook {

  private static final Duration MAX_WAIT = Duration.ofSeconds(3);

  private final Thread thread;

  ShutdownHook(InterpreterRegistry interpreters, Duration closeTimeout) {
    Duration wait = closeTimeout.compareTo(MAX_WAIT) < 0 ? closeTimeout : MAX_WAIT;
    thread = new Thread(() -> closeAll(interpreters, wait), "ophion-shutdown");
  }

  private static void closeAll(InterpreterRegistry interpreters, Duration wait) {
    Deadline deadline = Deadline.in(wait);
    List<HostedInterpreter> open = interpreters.all();
    open.forEach(interpreter -> interpreter.closer().begin());
    List<Closing> closings =
        open.stream()
            .map(interpreter -> interpreter.closer().closing(Closing.Goal.LENT_OR_ENDED, wait))
            .toList();
    if (!Closing.await(closings, wait, deadline).isEmpty()) {
      Host.exitAtOnce();
    }
  }

  void install() {
    try {
      Runtime.getRuntime().addShutdownHook(thread);
    } catch (IllegalStateException e) {
      // The JVM is exiting already: there is nothing to hook into, and nobody to leave open for.
    }
  }

  void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      // The JVM is exiting: the hook runs or has run, and finds nothing open.
    }
  }
}

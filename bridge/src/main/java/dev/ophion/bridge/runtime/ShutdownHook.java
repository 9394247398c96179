package dev.ophion.bridge.runtime;

import dev.ophion.InterpreterState;
import dev.ophion.bridge.interpreter.Closing;
import dev.ophion.bridge.interpreter.HostedInterpreter;
import dev.ophion.bridge.interpreter.InterpreterRegistry;
import dev.ophion.bridge.waiting.Deadline;
import dev.ophion.natives.Host;
import java.time.Duration;
import java.util.List;

/**
 * Ends what is open when the JVM exits, so that Python's own exit functions run, within a deadline;
 * or leaves that to the program, and only keeps the process from crashing over what is open at its
 * end. CPython's main interpreter is left alone: the process ends anyway.
 */
final class ShutdownHook {

  private final Thread thread;

  ShutdownHook(InterpreterRegistry interpreters, Duration wait, boolean closes) {
    // No lambda, the first of which costs a JVM's start milliseconds.
    Runnable task =
        new Runnable() {
          @Override
          public void run() {
            if (closes) {
              closeAll(interpreters, wait);
            } else {
              Host.exitAtOnce();
            }
          }
        };
    thread = new Thread(task, "ophion-shutdown");
  }

  private static void closeAll(InterpreterRegistry interpreters, Duration wait) {
    Deadline deadline = Deadline.in(wait);
    List<HostedInterpreter> open = interpreters.all();
    open.forEach(interpreter -> interpreter.closer().begin());
    List<Closing> closings =
        open.stream()
            .map(interpreter -> interpreter.closer().closing(Closing.Goal.LENT_OR_ENDED, wait))
            .toList();
    boolean isLate = !Closing.await(closings, wait, deadline).isEmpty();
    // Another hook may have made one since.
    if (isLate
        || interpreters.all().stream().anyMatch(each -> each.state() != InterpreterState.CLOSING)) {
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

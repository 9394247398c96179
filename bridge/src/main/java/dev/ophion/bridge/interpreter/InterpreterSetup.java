package dev.ophion.bridge.interpreter;

import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.bridge.waiting.JvmExit;
import dev.ophion.bridge.waiting.Timeouts;
import java.time.Duration;

/**
 * What an interpreter is made of.
 *
 * @param id its number in upcalls
 * @param name its and its carrier's name
 * @param isolation subinterpreter, or main interpreter of an image
 * @param options the user's options
 * @param timeouts how long it is waited for
 * @param ownGil {@code false} to share the main interpreter's GIL
 */
record InterpreterSetup(
    long id,
    String name,
    Isolation isolation,
    InterpreterOptions options,
    Timeouts timeouts,
    boolean ownGil) {

  Duration closeTimeout() {
    return timeouts.close();
  }

  /** How long its start is waited for, by now. */
  Duration startTimeout() {
    Duration wanted = options.startTimeout();
    boolean isShortened = wanted.compareTo(timeouts.exit()) > 0 && JvmExit.hasBegun();
    return isShortened ? timeouts.exit() : wanted;
  }
}

package dev.ophion.bridge.waiting;

import dev.ophion.CallCancelledException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the JVM exits. It waits for every shutdown hook, so that a call which a hook makes may
 * not wait for ever. Stateless.
 */
public final class JvmExit {

  /** Never registered, so that nothing is removed. */
  private static final Thread NO_HOOK = new Thread("ophion-no-hook");

  private JvmExit() {}

  /**
   * Returns whether the exit has begun. It has for every thread that a hook is or has started: the
   * JVM refuses changes before it starts the first. A hook of the runtime's own would know it later
   * than others that run beside it.
   */
  public static boolean hasBegun() {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(NO_HOOK);
      return false;
    } catch (IllegalStateException exiting) {
      return true;
    }
  }

  /** Until when a call that is made now may wait; {@code null} for ever. */
  public static @Nullable Deadline limit(Timeouts timeouts) {
    return hasBegun() ? Deadline.in(timeouts.exit()) : null;
  }

  /** What a call throws that has waited for so long. */
  public static CallCancelledException tooLate(String interpreter, Timeouts timeouts) {
    return new CallCancelledException(
        ("The JVM exits, and a call that was made meanwhile did not end within %s, behind others of"
                + " the interpreter '%s' or in Python, where one that had begun goes on. Close the"
                + " runtime in the same hook, before or instead (PythonOptions.shutdownHook).")
            .formatted(Deadline.text(timeouts.exit()), interpreter));
  }
}

package dev.ophion.bridge.waiting;

import java.time.Duration;

/**
 * How long an interpreter is waited for. Immutable.
 *
 * @param close by whoever closes it
 * @param exit by the JVM's exit, and by a call that is made meanwhile
 */
public record Timeouts(Duration close, Duration exit) {

  /** Short enough for a service that is being stopped. */
  private static final Duration LONGEST_EXIT = Duration.ofSeconds(3);

  /**
   * Returns the timeouts of a runtime.
   *
   * @param close how long a close waits
   * @param closesAtExit whether the runtime closes its interpreters when the JVM exits; otherwise
   *     the program takes its time to do so
   * @return the timeouts
   */
  public static Timeouts of(Duration close, boolean closesAtExit) {
    boolean isShortened = closesAtExit && close.compareTo(LONGEST_EXIT) > 0;
    return new Timeouts(close, isShortened ? LONGEST_EXIT : close);
  }
}

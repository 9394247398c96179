package dev.ophion.bridge.waiting;

import java.time.Duration;
import java.util.Objects;

/**
 * A point in time to wait for at most. Immutable.
 *
 * @param nanoTime in terms of {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

  /** About 73 years: longer waits overflow. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

  /**
   * Returns a deadline.
   *
   * @param timeout from now; negative is now
   * @return the deadline
   */
  public static Deadline in(Duration timeout) {
    return new Deadline(System.nanoTime() + Math.max(0, nanos(timeout)));
  }

  /** Returns a time in nanoseconds, or the longest that can be waited for. */
  public static long nanos(Duration time) {
    return (time.compareTo(LONGEST) > 0 ? LONGEST : time).toNanos();
  }

  /**
   * Refuses what is no time to wait for.
   *
   * @param timeout how long a caller wants to wait
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it is negative
   */
  public static void requireValid(Duration timeout) {
    if (Objects.requireNonNull(timeout, "the timeout is null").isNegative()) {
      throw new IllegalArgumentException(
          "The timeout is %s: take zero or more.".formatted(timeout));
    }
  }

  /**
   * Returns what is left.
   *
   * @return zero or more
   */
  public Duration remaining() {
    return Duration.ofNanos(remainingNanos());
  }

  /**
   * Returns what is left.
   *
   * @return zero or more, in nanoseconds
   */
  public long remainingNanos() {
    return Math.max(0, nanoTime - System.nanoTime());
  }

  /**
   * Returns an earlier deadline.
   *
   * @param by how much earlier
   * @return the deadline
   */
  public Deadline earlier(Duration by) {
    return new Deadline(nanoTime - nanos(by));
  }

  /** Returns whichever comes first. */
  public Deadline orEarlier(Deadline other) {
    return other.nanoTime - nanoTime < 0 ? other : this;
  }

  /** Returns the deadline, or one that comes after this time if that is earlier. */
  public Deadline atMost(Duration timeout) {
    return orEarlier(in(timeout));
  }

  /** Writes a time for a message, in a unit in which it is not rounded to nothing. */
  public static String text(Duration time) {
    if (time.toSeconds() > 0 && time.toMillisPart() == 0) {
      return time.toSeconds() + " s";
    }
    return time.toMillis() > 0 ? time.toMillis() + " ms" : time.toNanos() + " ns";
  }
}

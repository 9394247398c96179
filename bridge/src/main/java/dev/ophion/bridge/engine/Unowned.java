package dev.ophion.bridge.engine;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the engines have made for Java and Java has never got, of the interpreters that have ended.
 * It costs nothing but memory of those interpreters, and is a mistake all the same: tests look here
 * for it. One for the process. Thread-safe.
 */
public final class Unowned {

  private static final LongAdder HANDLES = new LongAdder();
  private static final LongAdder PINS = new LongAdder();
  private static final LongAdder LATE_REPLIES = new LongAdder();

  private Unowned() {}

  /** Java has got a handle. */
  public static void handleTaken() {
    HANDLES.decrement();
  }

  /** An engine has made this many handles, which is all that it will make. */
  static void handlesMade(long count) {
    HANDLES.add(count);
  }

  /** An engine has dropped pins that nobody has read. */
  static void pinsDropped(long count) {
    PINS.add(count);
  }

  /** A reply is dropped when the engine has dropped its handles already, with all others. */
  public static void replyDroppedLate() {
    LATE_REPLIES.increment();
  }

  /** Right while no interpreter lives, as far as {@link #lateReplies} have had none. */
  public static long handles() {
    return HANDLES.sum();
  }

  public static long pins() {
    return PINS.sum();
  }

  public static long lateReplies() {
    return LATE_REPLIES.sum();
  }
}

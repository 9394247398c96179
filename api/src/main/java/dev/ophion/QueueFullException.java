package dev.ophion;

import java.io.Serial;

/**
 * A call was not taken, because as many wait already as {@link
 * InterpreterOptions#maximumWaitingCalls()} lets. It had no effect and can be made again when some
 * of them have run or were cancelled.
 */
public final class QueueFullException extends OphionException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message names the interpreter, the bound and the remedy
   */
  public QueueFullException(String message) {
    super(message);
  }
}

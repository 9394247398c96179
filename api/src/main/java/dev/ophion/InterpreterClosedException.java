package dev.ophion;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The interpreter, or the whole runtime, is closing or closed: make a new one. */
public class InterpreterClosedException extends OphionException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   */
  public InterpreterClosedException(String message) {
    super(message, null);
  }

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   * @param cause what led to it
   */
  public InterpreterClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

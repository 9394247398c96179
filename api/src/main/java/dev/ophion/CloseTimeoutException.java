package dev.ophion;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Closing did not end in time; the message says what holds it up. Closing goes on by itself. */
public class CloseTimeoutException extends OphionException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   */
  public CloseTimeoutException(String message) {
    super(message, null);
  }

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   * @param cause what led to it
   */
  public CloseTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

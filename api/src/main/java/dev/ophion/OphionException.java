package dev.ophion;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The root of all that Ophion throws by itself. Unchecked. */
public class OphionException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   */
  public OphionException(String message) {
    super(message, null);
  }

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   * @param cause what led to it
   */
  public OphionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

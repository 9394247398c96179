package dev.ophion;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The runtime or an interpreter could not be started; the message says why and what helps. */
public class StartException extends OphionException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   */
  public StartException(String message) {
    super(message, null);
  }

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   * @param cause what led to it
   */
  public StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

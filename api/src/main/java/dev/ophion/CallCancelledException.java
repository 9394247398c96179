package dev.ophion;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The call was cancelled before it gave a result: its interpreter was closed with {@link
 * ClosePolicy#CANCEL}, the waiting thread was interrupted (its interrupt flag is set again), or the
 * JVM exits and waits no longer ({@link PythonOptions.Builder#shutdownHook}).
 */
public class CallCancelledException extends OphionException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   */
  public CallCancelledException(String message) {
    super(message, null);
  }

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy
   * @param cause what led to it
   */
  public CallCancelledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

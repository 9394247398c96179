package dev.ophion;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A value cannot cross between Java and Python: it has no counterpart of the wanted class, holds
 * itself, is nested too deep, or cannot be pickled.
 */
public class NotTransferableException extends OphionException {

  @Serial private static final long serialVersionUID = 1L;

  private final String path;

  /**
   * Made by the runtime.
   *
   * @param message the subject, what was seen, what was expected and the remedy; names the path
   * @param path where in the value, for example {@code argument 0["rows"][3]}
   * @param cause what led to it
   */
  public NotTransferableException(String message, String path, @Nullable Throwable cause) {
    super(message, cause);
    this.path = path;
  }

  /**
   * Returns where in the value the trouble is.
   *
   * @return for example {@code argument 0["rows"][3]}; the subject alone if it is the value itself
   */
  public String path() {
    return path;
  }
}

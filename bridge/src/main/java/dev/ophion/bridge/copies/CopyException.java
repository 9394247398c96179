package dev.ophion.bridge.copies;

import dev.ophion.OphionException;
import java.io.Serial;

/**
 * A copy could not be made. The message names the file, what was seen and the remedy, fit for an
 * {@code ImportError}.
 */
public final class CopyException extends OphionException {

  @Serial private static final long serialVersionUID = 1L;

  CopyException(String message, Throwable cause) {
    super(message, cause);
  }
}

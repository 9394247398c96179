package dev.ophion;

import java.io.Serial;

/**
 * The operating system refused shared memory: there is not enough, or the name or file exists, does
 * not, or is not accessible. The message gives its reason and the remedy.
 */
public final class SharedMemoryException extends OphionException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Made by the runtime.
   *
   * @param message what was wanted, what the system said and the remedy
   * @param cause what the system said
   */
  public SharedMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}

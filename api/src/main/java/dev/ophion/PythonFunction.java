package dev.ophion;

import org.jspecify.annotations.Nullable;

/**
 * A resolved Python callable, for repeated calls without a look-up. Threading and ownership are
 * those of {@link PythonObject}; the errors those of {@link Namespace}.
 */
public interface PythonFunction extends AutoCloseable {

  /**
   * Returns the interpreter it lives in.
   *
   * @return the interpreter
   */
  Interpreter interpreter();

  /**
   * Calls it.
   *
   * @param arguments positional arguments; {@link Keywords} at the end become keyword arguments
   * @return its result
   */
  default @Nullable Object call(@Nullable Object... arguments) {
    return call(Object.class, arguments);
  }

  /**
   * Calls it.
   *
   * @param type the wanted class of the result
   * @param arguments positional arguments; {@link Keywords} at the end become keyword arguments
   * @param <T> the wanted class
   * @return its result
   */
  <T> @Nullable T call(Class<T> type, @Nullable Object... arguments);

  /** Gives the reference back. Idempotent, from any thread. */
  @Override
  void close();
}

package dev.ophion;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A handle to a Python object that has no counterpart in Java, bound to its interpreter.
 *
 * <p><b>Threading:</b> thread-safe; calls run on the interpreter's carrier.
 *
 * <p><b>Ownership:</b> holds one strong reference. {@link #close()} gives it back, on the carrier,
 * a little later; a handle that is garbage-collected instead gives it back too. Calls after the
 * close throw {@link IllegalStateException}; calls after its interpreter's close throw {@link
 * InterpreterClosedException}. Passing it to another interpreter throws {@link
 * NotTransferableException}.
 */
public interface PythonObject extends AutoCloseable, Iterable<@Nullable Object> {

  /**
   * Returns the interpreter it lives in.
   *
   * @return the interpreter
   */
  Interpreter interpreter();

  /**
   * Returns the qualified name of its Python type.
   *
   * @return for example {@code collections.deque}
   */
  String typeName();

  /**
   * Reads an attribute ({@code getattr}).
   *
   * @param name the attribute
   * @return its value
   */
  default @Nullable Object getAttribute(String name) {
    return getAttribute(name, Object.class);
  }

  /**
   * Reads an attribute ({@code getattr}).
   *
   * @param name the attribute
   * @param type the wanted class
   * @param <T> the wanted class
   * @return its value
   */
  <T> @Nullable T getAttribute(String name, Class<T> type);

  /**
   * Assigns an attribute ({@code setattr}).
   *
   * @param name the attribute
   * @param value converted
   */
  void setAttribute(String name, @Nullable Object value);

  /**
   * Reads an item ({@code object[key]}).
   *
   * @param key converted
   * @return the item
   */
  @Nullable Object getItem(@Nullable Object key);

  /**
   * Assigns an item ({@code object[key] = value}).
   *
   * @param key converted
   * @param value converted
   */
  void setItem(@Nullable Object key, @Nullable Object value);

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

  /**
   * Iterates over it ({@code iter}). The iterator holds a handle of its own until it is exhausted
   * or garbage-collected; it is confined to one thread at a time.
   *
   * @return an iterator over converted items
   */
  @Override
  Iterator<@Nullable Object> iterator();

  /**
   * Returns {@code str(object)}.
   *
   * @return Python's text; a fixed text that names the type if the handle or its interpreter is
   *     closed, so that logging never throws for that reason
   */
  @Override
  String toString();

  /** Gives the reference back. Idempotent, from any thread, also after the interpreter's close. */
  @Override
  void close();
}

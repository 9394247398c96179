package dev.ophion;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An interpreter's calls without waiting. Arguments are converted before the method returns, so the
 * caller may change them afterwards; memory of direct buffers is shared, not copied.
 *
 * <p>Futures complete on the common pool, never on a carrier. They complete exceptionally with what
 * the twin in {@link Namespace} throws; a bad argument fails the future too. The stack trace of an
 * {@link OphionException} goes on with the Java frames that submitted the call, unless more than a
 * thousand calls waited for the interpreter then. Cancelling a future takes the call out of the
 * queue if it has not begun; a running call is not stopped.
 *
 * <p><b>Threading:</b> thread-safe. On the interpreter's own carrier (inside {@link
 * Interpreter#attach} or an output consumer) these calls are queued behind the one that runs:
 * waiting there for their futures never ends. Call {@link Namespace}'s methods there, which run
 * nested.
 */
public interface AsyncInterpreter {

  /**
   * Returns the same calls with their output sent elsewhere, see {@link Interpreter#withOutput}.
   * All that a call prints has been given before its future completes.
   *
   * @param stdout where {@code sys.stdout} goes; {@link Output#inherit()} leaves it where it goes
   *     without this
   * @param stderr where {@code sys.stderr} goes, likewise
   * @return a view of the same interpreter
   */
  AsyncInterpreter withOutput(Output stdout, Output stderr);

  /**
   * Runs statements.
   *
   * @param source Python source
   * @return completes with {@code null}
   */
  CompletableFuture<@Nullable Void> exec(String source);

  /**
   * Runs statements under a file name, see {@link Namespace#exec(String, String)}.
   *
   * @param source Python source
   * @param fileName a name that is not blank
   * @return completes with {@code null}
   */
  CompletableFuture<@Nullable Void> exec(String source, String fileName);

  /**
   * Runs the statements of a file, see {@link Namespace#exec(Path)}.
   *
   * @param file is read before the method returns
   * @return completes with {@code null}
   */
  CompletableFuture<@Nullable Void> exec(Path file);

  /**
   * Evaluates an expression.
   *
   * @param expression a Python expression
   * @param type the wanted class
   * @param <T> the wanted class
   * @return completes with its value
   */
  <T> CompletableFuture<@Nullable T> eval(String expression, Class<T> type);

  /**
   * Evaluates an expression under a file name, see {@link Namespace#exec(String, String)}.
   *
   * @param expression a Python expression
   * @param fileName a name that is not blank
   * @param type the wanted class
   * @param <T> the wanted class
   * @return completes with its value
   */
  <T> CompletableFuture<@Nullable T> eval(String expression, String fileName, Class<T> type);

  /**
   * Assigns a variable.
   *
   * @param name an identifier
   * @param value converted now
   * @return completes with {@code null}
   */
  CompletableFuture<@Nullable Void> set(String name, @Nullable Object value);

  /**
   * Reads a variable.
   *
   * @param name an identifier
   * @param type the wanted class
   * @param <T> the wanted class
   * @return completes with its value
   */
  <T> CompletableFuture<@Nullable T> get(String name, Class<T> type);

  /**
   * Imports a module.
   *
   * @param name its dotted name
   * @return completes with a handle that the receiver closes
   */
  CompletableFuture<PythonObject> importModule(String name);

  /**
   * Calls a function.
   *
   * @param function a name in {@code __main__}, dotted or not, or {@code module:name}
   * @param type the wanted class of the result
   * @param arguments converted now; {@link Keywords} at the end become keyword arguments
   * @param <T> the wanted class
   * @return completes with its result
   */
  <T> CompletableFuture<@Nullable T> call(
      String function, Class<T> type, @Nullable Object... arguments);

  /**
   * Pickles the value of an expression.
   *
   * @param expression a Python expression
   * @param access what receivers may do with the buffers
   * @return completes with a payload that the receiver closes
   */
  CompletableFuture<Payload> dump(String expression, Access access);

  /**
   * Unpickles a payload into a variable.
   *
   * @param name an identifier
   * @param payload a payload of any interpreter; its memory stays alive until the load is done
   * @return completes with {@code null}
   */
  CompletableFuture<@Nullable Void> load(String name, Payload payload);
}

package dev.ophion;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The names of an interpreter's {@code __main__} module, and calls on them.
 *
 * <p>Every argument and result crosses by one table, which stands in the guide (values.md). A
 * result without a counterpart in Java is a {@link PythonObject}.
 *
 * <p><b>Threading:</b> thread-safe; any thread may call, virtual threads included. Calls on one
 * interpreter run one after another on its carrier, in the order in which they were handed over. A
 * call made by code that already runs on that carrier runs at once, nested. A call whose waiting
 * thread is interrupted throws {@link CallCancelledException}; Python goes on.
 *
 * <p><b>Memory:</b> a direct buffer is lent, not copied, and stays reachable while Python uses it.
 * One over memory of an {@code Arena} that can be closed (JDK 22 and later: {@code ofConfined()},
 * {@code ofShared()}) is refused, since {@code close()} would free the memory under Python's hands;
 * those of {@code Arena.ofAuto()} and {@code Arena.global()} are lent. A mapped file that somebody
 * cuts short ends the JVM with {@code SIGBUS}, as it does in Java. Memory that holds addresses of
 * Python's objects, pointers or functions is refused as a result; see {@link
 * NotTransferableException}.
 *
 * <p>No argument but a value to convert may be {@code null}. Every method throws
 *
 * <ul>
 *   <li>{@link PythonException} if Python raises,
 *   <li>{@link NotTransferableException} if an argument or the result cannot cross, or the result
 *       is not of the wanted class; nothing ran if it was an argument,
 *   <li>{@link InterpreterClosedException} if the interpreter is closing or closed.
 * </ul>
 */
public interface Namespace {

  /**
   * Runs statements ({@code exec}).
   *
   * @param source Python source; common leading white space is not removed
   */
  void exec(String source);

  /**
   * Runs statements under a file name, which tracebacks, {@link PythonException#pythonFrames()} and
   * {@code inspect.getsource} show. The file need not exist: Python's {@code linecache} gets the
   * lines from here. (Those of unnamed source too; in Python its name is {@code <exec ...>} with a
   * hash.) Some 500 sources that define functions or classes are kept so, those used last.
   *
   * @param source Python source
   * @param fileName a name that is not blank, for example {@code plugin.py}
   */
  void exec(String source, String fileName);

  /**
   * Runs the statements of a file in {@code __main__}, decoded as Python does it (UTF-8, or by its
   * coding declaration). {@code __file__} is its absolute path afterwards.
   *
   * @param file is read now
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  void exec(Path file);

  /**
   * Evaluates an expression ({@code eval}).
   *
   * @param expression a Python expression
   * @return its value, or {@code null} for {@code None}
   */
  default @Nullable Object eval(String expression) {
    return eval(expression, Object.class);
  }

  /**
   * Evaluates an expression ({@code eval}).
   *
   * @param expression a Python expression
   * @param type the wanted class; primitives' wrappers, records, enums and arrays included
   * @param <T> the wanted class
   * @return its value, or {@code null} for {@code None}
   */
  <T> @Nullable T eval(String expression, Class<T> type);

  /**
   * Evaluates an expression under a file name, see {@link #exec(String, String)}.
   *
   * @param expression a Python expression
   * @param fileName a name that is not blank
   * @param type the wanted class
   * @param <T> the wanted class
   * @return its value, or {@code null} for {@code None}
   */
  <T> @Nullable T eval(String expression, String fileName, Class<T> type);

  /**
   * Assigns a variable.
   *
   * @param name an identifier
   * @param value converted; {@code null} becomes {@code None}
   */
  void set(String name, @Nullable Object value);

  /**
   * Reads a variable.
   *
   * @param name an identifier
   * @return its value, or {@code null} for {@code None}
   */
  default @Nullable Object get(String name) {
    return get(name, Object.class);
  }

  /**
   * Reads a variable.
   *
   * @param name an identifier
   * @param type the wanted class
   * @param <T> the wanted class
   * @return its value, or {@code null} for {@code None}
   */
  <T> @Nullable T get(String name, Class<T> type);

  /**
   * Imports a module ({@code importlib.import_module}).
   *
   * @param name its dotted name
   * @return a handle to the module; the caller closes it
   * @throws PackageNotLoadableException if it is an extension module that cannot be loaded in this
   *     interpreter
   */
  PythonObject importModule(String name);

  /**
   * Calls a function.
   *
   * @param function a name in {@code __main__}, dotted or not, or {@code module:name}
   * @param arguments positional arguments; {@link Keywords} at the end become keyword arguments
   * @return its result, or {@code null} for {@code None}
   */
  default @Nullable Object call(String function, @Nullable Object... arguments) {
    return call(function, Object.class, arguments);
  }

  /**
   * Calls a function.
   *
   * @param function a name in {@code __main__}, dotted or not, or {@code module:name}
   * @param type the wanted class of the result
   * @param arguments positional arguments; {@link Keywords} at the end become keyword arguments
   * @param <T> the wanted class
   * @return its result, or {@code null} for {@code None}
   */
  <T> @Nullable T call(String function, Class<T> type, @Nullable Object... arguments);

  /**
   * Resolves a function once, for calls without a look-up.
   *
   * @param function a name in {@code __main__}, dotted or not, or {@code module:name}
   * @return a handle; the caller closes it
   */
  PythonFunction function(String function);
}

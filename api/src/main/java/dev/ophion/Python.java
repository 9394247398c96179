package dev.ophion;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * The one Ophion runtime of this JVM: the embedded CPython and every interpreter made from it.
 *
 * <p>Starting unpacks the embedded distribution into a per-user cache the first time (some seconds)
 * and loads libpython (some milliseconds afterwards). The runtime installs no signal handlers.
 *
 * <p><b>Threading:</b> thread-safe.
 *
 * <p><b>Ownership:</b> who starts the runtime closes it. Closing it closes every interpreter.
 * Carriers are daemon threads: they do not keep the JVM alive, and asynchronous calls are lost if
 * nobody waits for them. When the JVM exits first, a shutdown hook closes the interpreters, for at
 * most three seconds; {@link PythonOptions.Builder#shutdownHook} says what that means for a server
 * that drains, and leaves it out.
 */
public interface Python extends AutoCloseable {

  /**
   * Starts the runtime with default options, or returns the running one.
   *
   * @return the runtime
   * @throws StartException if it cannot be started, with the reason and the remedy
   */
  static Python start() {
    return start(PythonOptions.defaults());
  }

  /**
   * Starts the runtime, or returns the running one if it was started with equal options.
   *
   * @param options how to start it
   * @return the runtime
   * @throws StartException if it cannot be started, if it runs with other options, or if an earlier
   *     runtime is closing and does not end within its {@link PythonOptions#closeTimeout()}
   */
  static Python start(PythonOptions options) {
    return Providers.provider().start(options);
  }

  /**
   * Returns CPython's version.
   *
   * @return for example {@code 3.14.3}
   */
  String version();

  /**
   * Returns the executable of the runtime's environment, which sees the same packages and is {@code
   * sys.executable} in every interpreter that has no environment of its own.
   *
   * @return an absolute path, such as one to {@code bin/python3.14}
   */
  Path executable();

  /**
   * Makes an interpreter of {@link PythonOptions#isolation()} on a new thread of its own.
   *
   * @param name the interpreter's and its thread's name; unique among the open ones
   * @return a running interpreter; the caller closes it
   * @throws IllegalArgumentException if an open interpreter has this name
   * @throws StartException if CPython cannot create it, its start code raises, or it takes longer
   *     than {@link InterpreterOptions#startTimeout()}
   */
  default Interpreter newInterpreter(String name) {
    return newInterpreter(InterpreterOptions.builder().name(name).build());
  }

  /**
   * Makes an interpreter on a new thread of its own: a subinterpreter with its own GIL (PEP 684),
   * or the main interpreter of a private copy of libpython.
   *
   * @param options its name, isolation, environment, stack size, path, start code and output
   * @return a running interpreter; the caller closes it
   * @throws IllegalArgumentException if an open interpreter has this name
   * @throws StartException if CPython cannot create it, its environment does not fit or cannot be
   *     installed, its start code raises, it takes longer than {@link
   *     InterpreterOptions#startTimeout()}, or this platform has no {@link Isolation#IMAGE}
   */
  Interpreter newInterpreter(InterpreterOptions options);

  /**
   * Returns the interpreters that have not ended, those that are closing included.
   *
   * @return a snapshot
   */
  List<Interpreter> interpreters();

  /**
   * Says for packages of the runtime's environment which isolation they load in, and why. Nothing
   * is imported into this process: the packages' files are read, and each package is tried in
   * interpreters of child JVMs, which may crash. That takes some seconds for each package.
   *
   * @param names names of packages as pip knows them, such as {@code scikit-learn}; none for every
   *     package of the environment
   * @return a report for each, in the order of the names
   * @throws StartException if the environment's files cannot be read, its Python cannot be run, or
   *     the thread is interrupted
   */
  List<PackageReport> packageReport(Collection<String> names);

  /**
   * Says for packages of an environment, such as one of {@link
   * InterpreterOptions.Builder#environment}, which isolation they load in, and why.
   *
   * @param environment where they come from; installed first if need be
   * @param names as in {@link #packageReport(Collection)}
   * @return a report for each, in the order of the names
   * @throws StartException as {@link #packageReport(Collection)} does, or if the environment does
   *     not fit or cannot be installed
   */
  List<PackageReport> packageReport(PythonEnvironment environment, Collection<String> names);

  /**
   * Returns what the runtime holds. Reads the cache folder of the copies.
   *
   * @return a snapshot
   */
  RuntimeMetrics metrics();

  /**
   * Closes every interpreter and ends CPython, waiting at most the options' {@link
   * PythonOptions#closeTimeout()}. Memory that is still lent out does not hold this call up:
   * CPython ends when the last user lets go. A second call does nothing. An interrupt does not end
   * the wait; the thread's interrupt flag stays set.
   *
   * @throws CloseTimeoutException if something else than lent memory outlives the deadline; the
   *     message names the interpreter and what it does
   */
  @Override
  void close();

  /**
   * Like {@link #close()}, and waits for lent memory too; see {@link Interpreter#close(Duration)}.
   * Each close, called on a carrier, only begins the close, since a carrier cannot wait for its own
   * end.
   *
   * @param timeout how long to wait
   * @throws CloseTimeoutException if an interpreter outlives the deadline; closing goes on behind
   *     the scenes and may be called again
   */
  void close(Duration timeout);

  /**
   * Like {@link #close(Duration)}, and chooses now what becomes of the calls of all interpreters,
   * as {@link Interpreter#close(ClosePolicy, Duration)} does.
   *
   * @param policy finish or cancel them
   * @param timeout how long to wait
   * @throws CloseTimeoutException as {@link #close(Duration)}
   */
  void close(ClosePolicy policy, Duration timeout);
}

package dev.ophion.bridge.interpreter;

import dev.ophion.InterpreterState;

/**
 * Where an interpreter is in its life, in order; from {@link #START_CODE} on it is closing. The one
 * table of what each stage means: what users see of it, what runs, what ends that from outside, and
 * who still waits.
 *
 * <p>CPython aborts the process if an interpreter ends too early, so each stage is left only when
 * the carrier has found that it is through. {@link #SEALED} goes back to {@link #THREADS} where the
 * engine has found something that came up meanwhile.
 */
enum Stage {
  STARTING(InterpreterState.STARTING, "it starts", Stop.CANCEL, Closers.WAIT),
  RUNNING(InterpreterState.RUNNING, "it runs", Stop.CANCEL, Closers.WAIT),

  /** A close came while it was starting. */
  START_CODE(InterpreterState.CLOSING, "its start code runs", Stop.CANCEL, Closers.WAIT),

  CALLS(InterpreterState.CLOSING, "calls run or wait", Stop.CANCEL, Closers.WAIT),

  /** Those that Python's own exit waits for before it runs exit functions. */
  THREADS(InterpreterState.CLOSING, "Python threads run", Stop.ASK, Closers.WAIT),

  EXIT_FUNCTIONS(InterpreterState.CLOSING, "its exit functions run", Stop.NOTHING, Closers.WAIT),

  /** All other threads; CPython would go on without them. */
  DAEMONS(
      InterpreterState.CLOSING,
      "Python threads still run after its exit functions",
      Stop.ASK,
      Closers.WAIT),

  LEASES(InterpreterState.CLOSING, "its memory is lent", Stop.NOTHING, Closers.WAIT_IF_ASKED),
  VISITORS(InterpreterState.CLOSING, "its stacks are being read", Stop.NOTHING, Closers.WAIT),

  /** CPython runs the last finalizers, which may print; nobody can call. */
  SEALED(InterpreterState.CLOSING, "CPython ends it", Stop.NOTHING, Closers.WAIT),

  CLOSED(InterpreterState.CLOSED, "it has ended", Stop.NOTHING, Closers.GO),

  /** It has never run. */
  FAILED(InterpreterState.FAILED, "it has ended", Stop.NOTHING, Closers.GO);

  /** What ends the Python code that runs, if it does not end by itself. */
  enum Stop {
    /** {@code KeyboardInterrupt} in calls, by a close that cancels. */
    CANCEL,
    /** {@code SystemExit} in threads, once half of the time of the close has passed. */
    ASK,
    NOTHING
  }

  /** What somebody does who has closed it. */
  private enum Closers {
    WAIT,
    /** Memory may stay lent for as long as somebody can reach it. */
    WAIT_IF_ASKED,
    GO
  }

  private final InterpreterState state;
  private final String description;
  private final Stop stop;
  private final Closers closers;

  Stage(InterpreterState state, String description, Stop stop, Closers closers) {
    this.state = state;
    this.description = description;
    this.stop = stop;
    this.closers = closers;
  }

  InterpreterState state() {
    return state;
  }

  /** What holds it up. */
  String description() {
    return description;
  }

  Stop stop() {
    return stop;
  }

  /** Whether a close has begun. */
  boolean isClosing() {
    return compareTo(START_CODE) >= 0;
  }

  boolean isEnd() {
    return closers == Closers.GO;
  }

  /** Whether nothing but lent memory holds up the end. */
  boolean waitsForLeases() {
    return closers == Closers.WAIT_IF_ASKED;
  }

  /** Whether code that runs on the carrier may make calls. */
  boolean takesNestedCalls() {
    return compareTo(SEALED) < 0;
  }
}

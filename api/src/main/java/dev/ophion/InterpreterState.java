package dev.ophion;

/**
 * The life of an interpreter, in order. What could not be started ends as {@code FAILED} instead of
 * {@code CLOSED}. An end is never left again.
 */
public enum InterpreterState {
  /** CPython is creating it. */
  STARTING,
  /** It takes calls. */
  RUNNING,
  /** It takes no new calls; it finishes calls, threads and leases. */
  CLOSING,
  /** It has ended and its carrier is gone. */
  CLOSED,
  /** It could not be started, and has ended. */
  FAILED
}

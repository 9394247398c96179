package dev.ophion;

/** The life of an interpreter, in order; {@code FAILED} is reached from {@code STARTING} only. */
public enum InterpreterState {
  /** CPython is creating it. */
  STARTING,
  /** It takes calls. */
  RUNNING,
  /** It takes no new calls; it finishes calls, threads and leases. */
  CLOSING,
  /** It has ended and its carrier is gone. */
  CLOSED,
  /** It could not be started. */
  FAILED
}

package dev.ophion;

/** What closing an interpreter does with the calls that it has not finished. */
public enum ClosePolicy {
  /** Calls that were accepted before the close run to their end, within the close's deadline. */
  FINISH,

  /**
   * Waiting calls fail with {@link CallCancelledException}; the running one is interrupted by a
   * {@code KeyboardInterrupt} in Python ({@code PyThreadState_SetAsyncExc}). Threads that Python
   * code started are asked to end after half of the close's timeout, with either policy.
   */
  CANCEL
}

package dev.ophion;

/**
 * What closing an interpreter does with the calls that it has not finished. With either policy exit
 * functions run, and threads that Python code started and that have not ended by then are asked to,
 * by {@code SystemExit}, when half of {@link PythonOptions#closeTimeout()} has passed, or half of
 * the timeout of a close that cancels, if that is shorter.
 */
public enum ClosePolicy {
  /** Calls that were accepted before the close run to their end, within the close's deadline. */
  FINISH,

  /**
   * Waiting calls fail with {@link CallCancelledException}, and the running one is stopped: Python
   * raises {@code KeyboardInterrupt} in it ({@code PyThreadState_SetAsyncExc}), so that a loop ends
   * where it is and its caller gets a {@link CallCancelledException}.
   *
   * <ul>
   *   <li>It is raised once for each close that says so, in calls that run at that time, those that
   *       they are nested in included, and in start code. Nothing else is ever hit: not what runs
   *       after the call, exit functions, finalizers at the end, or Python's own threads.
   *   <li>{@code finally} blocks run. Code that catches {@code KeyboardInterrupt} or {@code
   *       BaseException}, or raises it where Python drops exceptions ({@code __del__}), goes on:
   *       close once more.
   *   <li>Code that waits in native code ({@code time.sleep}, {@code Lock.acquire}, {@code recv}, a
   *       long computation in C, a nested interpreter) is stopped when that returns.
   *   <li>Java code in {@link Interpreter#attach} and in output consumers is not interrupted; the
   *       calls that it makes from then on fail with {@link CallCancelledException}.
   * </ul>
   */
  CANCEL
}

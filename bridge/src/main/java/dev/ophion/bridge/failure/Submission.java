package dev.ophion.bridge.failure;

import dev.ophion.OphionException;
import dev.ophion.PythonException;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The stack that submitted a call, for the failure that another thread makes later. Never thrown.
 * Immutable.
 */
public final class Submission extends Throwable {

  @Serial private static final long serialVersionUID = 1L;

  /** A stack takes some hundred bytes: with more calls waiting, those that come go without. */
  private static final long MOST = 1024;

  private Submission() {
    super(null, null, false, true);
  }

  /** The calling thread's stack, or {@code null} if very many calls wait. */
  public static @Nullable Submission here(long waitingCalls) {
    return waitingCalls < MOST ? new Submission() : null;
  }

  /** Has a failure go on with the frames of the submitter instead of those that completed it. */
  public static Throwable continued(Throwable failure, @Nullable Submission submission) {
    if (submission != null && failure instanceof OphionException) {
      List<StackTraceElement> trace = new ArrayList<>(own(failure));
      usersFrames(submission).forEach(trace::add);
      failure.setStackTrace(trace.toArray(new StackTraceElement[0]));
    }
    return failure;
  }

  private static List<StackTraceElement> own(Throwable failure) {
    return failure instanceof PythonException raised
        ? raised.pythonFrames()
        : Arrays.stream(failure.getStackTrace()).takeWhile(Submission::isOurs).toList();
  }

  /** The frames of a stack that begin where the user's code called. */
  static Stream<StackTraceElement> usersFrames(Throwable stack) {
    return Arrays.stream(stack.getStackTrace()).dropWhile(Submission::isOurs);
  }

  private static boolean isOurs(StackTraceElement frame) {
    return frame.getClassName().startsWith("dev.ophion.bridge.");
  }
}

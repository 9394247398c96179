package dev.ophion.bridge.failure;

import dev.ophion.PackageNotLoadableException;
import dev.ophion.PythonException;
import dev.ophion.PythonExitException;
import dev.ophion.PythonGroupException;
import dev.ophion.PythonSyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes Java exceptions of what {@code _ophion_support.errors.describe} says: (kind, type name,
 * message, notes, frames, cause, extra). Stateless.
 */
public final class PythonFailures {

  private static final int EXIT = 1;
  private static final int SYNTAX = 2;
  private static final int EXTENSION = 3;
  private static final int GROUP = 4;

  private PythonFailures() {}

  /** Makes the exception, its Python frames above the Java frames of the caller. */
  public static PythonException of(Object description) {
    PythonException failure = logged(description);
    splice(failure);
    return failure;
  }

  /** Makes the exception with its Python frames alone. */
  public static PythonException logged(Object description) {
    try {
      return build((List<?>) description);
    } catch (ClassCastException | IndexOutOfBoundsException | NullPointerException unexpected) {
      return notUnderstood(unexpected);
    }
  }

  /** User code can replace anything, what describes exceptions included. */
  private static PythonException notUnderstood(RuntimeException reason) {
    PythonException failure =
        new PythonException(
            "Exception",
            "(Python raised, but what it said cannot be understood: has its code changed"
                + " _ophion_support.errors?)",
            List.of(),
            List.of(),
            null);
    failure.addSuppressed(reason);
    return failure;
  }

  /**
   * An import that fails because of a refused extension module fails with that reason, also if the
   * package wrapped it in an ImportError of its own.
   */
  public static PythonException promoteRefusal(PythonException failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof PackageNotLoadableException refused) {
        PackageNotLoadableException promoted =
            new PackageNotLoadableException(
                refused.moduleName(),
                refused.pythonMessage(),
                refused.notes(),
                refused.pythonFrames(),
                failure);
        splice(promoted);
        return promoted;
      }
    }
    return failure;
  }

  private static PythonException build(List<?> fields) {
    int kind = ((Number) fields.get(0)).intValue();
    String typeName = (String) fields.get(1);
    String message = (String) fields.get(2);
    List<String> notes = ((List<?>) fields.get(3)).stream().map(String::valueOf).toList();
    List<StackTraceElement> frames = frames((List<?>) fields.get(4));
    PythonException cause = fields.get(5) instanceof List<?> inner ? build(inner) : null;
    Object extra = fields.get(6);
    PythonException failure =
        switch (kind) {
          case EXIT ->
              new PythonExitException(((Number) extra).intValue(), message, notes, frames, cause);
          case SYNTAX ->
              new PythonSyntaxException(
                  typeName, message, notes, frames, cause, place((List<?>) extra));
          case EXTENSION ->
              new PackageNotLoadableException(String.valueOf(extra), message, notes, frames, cause);
          case GROUP ->
              new PythonGroupException(
                  typeName, message, notes, frames, cause, members((List<?>) extra));
          default -> new PythonException(typeName, message, notes, frames, cause);
        };
    failure.setStackTrace(frames.toArray(new StackTraceElement[0]));
    return failure;
  }

  private static PythonSyntaxException.Place place(List<?> fields) {
    return new PythonSyntaxException.Place(
        (String) fields.get(0),
        ((Number) fields.get(1)).intValue(),
        ((Number) fields.get(2)).intValue(),
        (String) fields.get(3));
  }

  private static PythonGroupException.Members members(List<?> fields) {
    List<PythonException> described = new ArrayList<>();
    for (Object member : (List<?>) fields.get(0)) {
      described.add(build((List<?>) member));
    }
    return new PythonGroupException.Members(described, ((Number) fields.get(1)).intValue());
  }

  private static List<StackTraceElement> frames(List<?> described) {
    List<StackTraceElement> frames = new ArrayList<>(described.size());
    for (Object frame : described) {
      List<?> fields = (List<?>) frame;
      frames.add(
          new StackTraceElement(
              (String) fields.get(0),
              (String) fields.get(1),
              (String) fields.get(2),
              ((Number) fields.get(3)).intValue()));
    }
    return frames;
  }

  private static void splice(PythonException failure) {
    List<StackTraceElement> trace = new ArrayList<>(failure.pythonFrames());
    Submission.usersFrames(new Throwable()).forEach(trace::add);
    failure.setStackTrace(trace.toArray(new StackTraceElement[0]));
  }
}

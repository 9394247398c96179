package dev.ophion;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python code raised {@code SystemExit}, for example by {@code sys.exit(3)}. The JVM goes on. */
public class PythonExitException extends PythonException {

  @Serial private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * Made by the runtime.
   *
   * @param code the exit status
   * @param pythonMessage {@code str(exception)}
   * @param notes its {@code __notes__}
   * @param pythonFrames its Python frames, innermost first
   * @param cause {@code __cause__} or {@code __context__}
   */
  public PythonExitException(
      int code,
      String pythonMessage,
      List<String> notes,
      List<StackTraceElement> pythonFrames,
      @Nullable PythonException cause) {
    super("SystemExit", pythonMessage, notes, pythonFrames, cause);
    this.code = code;
  }

  /**
   * Returns the exit status as a Python process would give it.
   *
   * @return 0 for {@code None}, the code if it is an int, 1 for anything else
   */
  public int code() {
    return code;
  }
}

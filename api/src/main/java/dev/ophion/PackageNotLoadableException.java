package dev.ophion;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An extension module does not load in this kind of interpreter. Ophion refuses it before it is
 * opened, because CPython 3.14 would abort the process for some of them.
 */
public class PackageNotLoadableException extends PythonException {

  @Serial private static final long serialVersionUID = 1L;

  private final String moduleName;

  /**
   * Made by the runtime.
   *
   * @param moduleName the extension module
   * @param pythonMessage the reason and the remedy
   * @param notes its {@code __notes__}
   * @param pythonFrames its Python frames, innermost first
   * @param cause {@code __cause__} or {@code __context__}
   */
  public PackageNotLoadableException(
      String moduleName,
      String pythonMessage,
      List<String> notes,
      List<StackTraceElement> pythonFrames,
      @Nullable PythonException cause) {
    super("ImportError", pythonMessage, notes, pythonFrames, cause);
    this.moduleName = moduleName;
  }

  /**
   * Returns the extension module that was refused.
   *
   * @return for example {@code numpy._core._multiarray_umath}
   */
  public String moduleName() {
    return moduleName;
  }
}

package dev.ophion;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Python raised several exceptions at once ({@code BaseExceptionGroup} and its subclasses, PEP
 * 654).
 *
 * <p>Its members are its {@linkplain Throwable#getSuppressed suppressed} exceptions too, so that a
 * printed stack trace shows them; their own traces have Python frames only. A member may be a group
 * again.
 */
public final class PythonGroupException extends PythonException {

  @Serial private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // what List.copyOf gives is serializable
  private final List<PythonException> members;

  private final int memberCount;

  /**
   * Made by the runtime.
   *
   * @param typeName the qualified name of the exception's type
   * @param pythonMessage {@code str(exception)}
   * @param notes its {@code __notes__}
   * @param pythonFrames its Python frames, innermost first
   * @param cause {@code __cause__} or {@code __context__}
   * @param members what it is made of
   */
  public PythonGroupException(
      String typeName,
      String pythonMessage,
      List<String> notes,
      List<StackTraceElement> pythonFrames,
      @Nullable PythonException cause,
      Members members) {
    super(typeName, pythonMessage, notes, pythonFrames, cause);
    this.members = members.described;
    this.memberCount = members.count;
    this.members.forEach(this::addSuppressed);
  }

  /**
   * The exceptions of a group.
   *
   * @param described the first of them; an unmodifiable list
   * @param count how many there are
   */
  public record Members(List<PythonException> described, int count) {

    /** Copies the list. */
    public Members {
      described = List.copyOf(described);
    }
  }

  /**
   * Returns its exceptions ({@code exceptions}), at most the first 64. A failure has 256 exceptions
   * in all at most, causes and members of members included, so there may be fewer.
   *
   * @return an unmodifiable list, in their order
   */
  public List<PythonException> members() {
    return members;
  }

  /**
   * Returns how many exceptions it has.
   *
   * @return at least the size of {@link #members()}
   */
  public int memberCount() {
    return memberCount;
  }
}

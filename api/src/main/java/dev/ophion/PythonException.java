package dev.ophion;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Python raised an exception that nothing caught.
 *
 * <p>Its stack trace begins with the Python frames, innermost first, and goes on with the Java
 * frames of the call. Its cause is Python's {@code __cause__}, or else {@code __context__} unless
 * that is suppressed ({@code raise ... from None}).
 *
 * <p>What is taken of an exception is bounded: 262,144 characters of one text and a million of all,
 * 1,024 frames of one traceback (its ends) and 4,096 of all, 64 notes, a chain of 32, and 256
 * exceptions in all. Texts that were cut, and notes and causes that were left out, say so.
 */
public class PythonException extends OphionException {

  @Serial private static final long serialVersionUID = 1L;

  private final String typeName;
  private final String pythonMessage;

  @SuppressWarnings("serial") // what List.copyOf gives is serializable
  private final List<String> notes;

  @SuppressWarnings("serial") // what List.copyOf gives is serializable
  private final List<StackTraceElement> pythonFrames;

  /**
   * Made by the runtime.
   *
   * @param typeName the qualified name of the exception's type
   * @param pythonMessage {@code str(exception)}
   * @param notes its {@code __notes__}
   * @param pythonFrames its Python frames, innermost first
   * @param cause {@code __cause__} or {@code __context__}
   */
  public PythonException(
      String typeName,
      String pythonMessage,
      List<String> notes,
      List<StackTraceElement> pythonFrames,
      @Nullable PythonException cause) {
    super(describe(typeName, pythonMessage, notes), cause);
    this.typeName = typeName;
    this.pythonMessage = pythonMessage;
    this.notes = List.copyOf(notes);
    this.pythonFrames = List.copyOf(pythonFrames);
  }

  private static String describe(String typeName, String message, List<String> notes) {
    StringBuilder text = new StringBuilder(typeName);
    if (!message.isEmpty()) {
      text.append(": ").append(message);
    }
    notes.forEach(note -> text.append('\n').append(note));
    return text.toString();
  }

  /**
   * Returns the qualified name of the exception's type.
   *
   * @return for example {@code KeyError} or {@code json.decoder.JSONDecodeError}
   */
  public String typeName() {
    return typeName;
  }

  /**
   * Returns {@code str(exception)}.
   *
   * @return the text without the type's name
   */
  public String pythonMessage() {
    return pythonMessage;
  }

  /**
   * Returns what {@code add_note} added (PEP 678).
   *
   * @return an unmodifiable list
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns the Python frames alone.
   *
   * @return an unmodifiable list, innermost first
   */
  public List<StackTraceElement> pythonFrames() {
    return pythonFrames;
  }
}

package dev.ophion;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Source that does not compile ({@code SyntaxError} and its subclasses). */
public class PythonSyntaxException extends PythonException {

  @Serial private static final long serialVersionUID = 1L;

  private final String fileName;
  private final int line;
  private final int column;
  private final String excerpt;

  /**
   * Made by the runtime.
   *
   * @param typeName the qualified name of the exception's type
   * @param pythonMessage the message without the place
   * @param notes its {@code __notes__}
   * @param pythonFrames its Python frames, innermost first
   * @param cause {@code __cause__} or {@code __context__}
   * @param place where it is
   */
  public PythonSyntaxException(
      String typeName,
      String pythonMessage,
      List<String> notes,
      List<StackTraceElement> pythonFrames,
      @Nullable PythonException cause,
      Place place) {
    super(
        typeName,
        "%s (%s, line %d)%n%s".formatted(pythonMessage, place.fileName, place.line, place.excerpt),
        notes,
        pythonFrames,
        cause);
    this.fileName = place.fileName;
    this.line = place.line;
    this.column = place.column;
    this.excerpt = place.excerpt;
  }

  /**
   * Where a syntax error is.
   *
   * @param fileName the source's name
   * @param line from 1; 0 if it is not known
   * @param column from 1, in characters; 0 if it is not known
   * @param excerpt the source line, or the part of a long one around the place, and carets below
   */
  public record Place(String fileName, int line, int column, String excerpt) {}

  /**
   * Returns the source's name.
   *
   * @return for example {@code <exec>}
   */
  public String fileName() {
    return fileName;
  }

  /**
   * Returns the line.
   *
   * @return from 1; 0 if it is not known
   */
  public int line() {
    return line;
  }

  /**
   * Returns the column.
   *
   * @return from 1, in characters; 0 if it is not known
   */
  public int column() {
    return column;
  }

  /**
   * Returns the source line with carets below it.
   *
   * @return two lines, of a long source line the 400 characters around the place; or an empty text
   *     if Python does not know the source
   */
  public String excerpt() {
    return excerpt;
  }
}

package dev.ophion;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * Where an interpreter's {@code sys.stdout} or {@code sys.stderr} goes. Immutable.
 *
 * <p>A consumer or appendable is called on the thread that prints (the carrier, or a thread that
 * Python code started) with the GIL released, one call at a time per stream, which may be the
 * thread of another print. What it throws is raised in Python as {@code OSError}.
 *
 * <p>A stream that does not inherit is an {@code io.TextIOWrapper} of UTF-8 all the same, with a
 * {@code buffer} and its {@code raw}; nothing is kept back in them. It has no descriptor: {@code
 * fileno()} raises {@code io.UnsupportedOperation}, and {@code isatty()} is false.
 */
public sealed interface Output {

  /**
   * The process's own file descriptor, line-buffered.
   *
   * @return the default
   */
  static Output inherit() {
    return new Inherit();
  }

  /**
   * A consumer of lines, each without its line break; an unfinished last line is given when the
   * interpreter closes.
   *
   * @param consumer called once a line
   * @return the output
   */
  static Output lines(Consumer<String> consumer) {
    return new Lines(Objects.requireNonNull(consumer, "consumer"));
  }

  /**
   * An appendable that gets the text as Python writes it.
   *
   * @param target a {@link StringBuilder}, a {@link java.io.Writer} ...
   * @return the output
   */
  static Output appendTo(Appendable target) {
    return new Append(Objects.requireNonNull(target, "target"));
  }

  /**
   * An SLF4J logger: lines of stdout at info, of stderr at warn.
   *
   * @param loggerName the logger's name
   * @return the output
   */
  static Output log(String loggerName) {
    return new Log(Objects.requireNonNull(loggerName, "loggerName"));
  }

  /** The process's own file descriptor. */
  record Inherit() implements Output {}

  /**
   * A consumer of lines.
   *
   * @param consumer called once a line
   */
  record Lines(Consumer<String> consumer) implements Output {}

  /**
   * An appendable.
   *
   * @param target gets the text as it is written
   */
  record Append(Appendable target) implements Output {}

  /**
   * An SLF4J logger.
   *
   * @param loggerName its name
   */
  record Log(String loggerName) implements Output {}
}

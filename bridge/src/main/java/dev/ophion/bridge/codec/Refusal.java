package dev.ophion.bridge.codec;

import dev.ophion.NotTransferableException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A value that cannot cross, while its path is still being put together at the front. */
final class Refusal extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private static final int LONGEST_KEY = 60;

  private final StringBuilder path = new StringBuilder();

  Refusal(String message) {
    this(message, null);
  }

  Refusal(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }

  static Refusal depth() {
    return new Refusal(
        "It is nested deeper than %d levels: flatten it, or send it as a payload."
            .formatted(Limits.MAX_DEPTH));
  }

  Refusal inIndex(long index) {
    path.insert(0, "[" + index + "]");
    return this;
  }

  Refusal inElement(long index) {
    path.insert(0, "{" + index + "}");
    return this;
  }

  Refusal inKeyPosition(long index) {
    path.insert(0, ".keys()[" + index + "]");
    return this;
  }

  Refusal inField(String name) {
    path.insert(0, "." + name);
    return this;
  }

  Refusal inKey(@Nullable Object key) {
    if (key instanceof CharSequence text) {
      path.insert(0, "[" + quoted(text) + "]");
    } else if (key instanceof Number || key instanceof Boolean) {
      path.insert(0, "[" + key + "]");
    } else {
      path.insert(0, "[<" + (key == null ? "null" : key.getClass().getTypeName()) + ">]");
    }
    return this;
  }

  private static String quoted(CharSequence text) {
    String shown =
        text.length() > LONGEST_KEY ? text.subSequence(0, LONGEST_KEY) + "..." : text.toString();
    return '"' + shown.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  NotTransferableException toException(String subject) {
    return notTransferable(subject, path.toString(), String.valueOf(getMessage()), getCause());
  }

  static NotTransferableException notTransferable(
      String subject, String path, String message, @Nullable Throwable cause) {
    String place = subject + path;
    return new NotTransferableException(place + " cannot cross: " + message, place, cause);
  }
}

package dev.ophion.bridge.codec;

import java.io.Serial;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** The fields of a dataclass instance: an ordinary map that remembers what it was. */
final class RecordFields extends LinkedHashMap<String, @Nullable Object> {

  @Serial private static final long serialVersionUID = 1L;

  private final String type;

  RecordFields(String type, int capacity) {
    super(capacity);
    this.type = type;
  }

  String type() {
    return type;
  }
}

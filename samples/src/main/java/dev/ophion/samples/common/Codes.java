package dev.ophion.samples.common;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers texts in the order in which they are first met. Not thread-safe. */
final class Codes {

  private final Map<String, Integer> codes = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  int codeOf(String name) {
    Integer known = codes.get(name);
    if (known != null) {
      return known;
    }
    codes.put(name, names.size());
    names.add(name);
    return names.size() - 1;
  }

  /**
   * Returns the texts.
   *
   * @return an immutable copy; a code is its text's index
   */
  List<String> names() {
    return List.copyOf(names);
  }
}

package dev.ophion;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keyword arguments of a call, given as its last argument: {@code call("round", 2.5,
 * Keywords.of("ndigits", 1))}. Immutable.
 */
public final class Keywords {

  private final Map<String, @Nullable Object> values;

  private Keywords(Map<String, @Nullable Object> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /**
   * Makes one keyword argument.
   *
   * @param name its name
   * @param value its value
   * @return the keyword arguments
   */
  public static Keywords of(String name, @Nullable Object value) {
    return new Keywords(Map.of()).and(name, value);
  }

  /**
   * Makes keyword arguments of a map.
   *
   * @param values by name, in the map's order; copied
   * @return the keyword arguments
   */
  public static Keywords of(Map<String, ? extends @Nullable Object> values) {
    return new Keywords(new LinkedHashMap<>(values));
  }

  /**
   * Adds a keyword argument.
   *
   * @param name its name
   * @param value its value
   * @return new keyword arguments that hold these and it
   * @throws IllegalArgumentException if the name is there already
   */
  public Keywords and(String name, @Nullable Object value) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>(values);
    if (more.containsKey(name)) {
      throw new IllegalArgumentException("The keyword argument '" + name + "' is given twice.");
    }
    more.put(name, value);
    return new Keywords(more);
  }

  /**
   * Returns the arguments.
   *
   * @return an unmodifiable map in the order of addition
   */
  public Map<String, @Nullable Object> values() {
    return values;
  }

  @Override
  public String toString() {
    return "Keywords" + values;
  }
}

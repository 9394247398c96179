package dev.ophion;

import java.util.AbstractList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code tuple}: an unmodifiable {@link List} that arrives in Python as a {@code tuple}
 * again. Equal to any list with equal elements. Immutable if its elements are.
 */
public final class Tuple extends AbstractList<@Nullable Object> {

  private final @Nullable Object[] elements;

  private Tuple(@Nullable Object[] elements) {
    this.elements = elements;
  }

  /**
   * Makes a tuple.
   *
   * @param elements its elements; {@code null} becomes {@code None}
   * @return the tuple
   */
  public static Tuple of(@Nullable Object... elements) {
    return new Tuple(elements.clone());
  }

  /**
   * Makes a tuple of a collection.
   *
   * @param elements its elements; copied
   * @return the tuple
   */
  public static Tuple copyOf(Collection<? extends @Nullable Object> elements) {
    return new Tuple(elements.toArray());
  }

  @Override
  public @Nullable Object get(int index) {
    return elements[index];
  }

  @Override
  public int size() {
    return elements.length;
  }
}

package dev.ophion;

import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code frozenset}: an unmodifiable {@link Set} that arrives in Python as a {@code
 * frozenset} again. Equal to any set with equal elements. Immutable if its elements are.
 */
public final class FrozenSet extends AbstractSet<@Nullable Object> {

  private final Set<@Nullable Object> elements;

  private FrozenSet(Set<@Nullable Object> elements) {
    this.elements = elements;
  }

  /**
   * Makes a frozenset.
   *
   * @param elements its elements; {@code null} becomes {@code None}
   * @return the frozenset
   */
  public static FrozenSet of(@Nullable Object... elements) {
    return copyOf(Arrays.asList(elements));
  }

  /**
   * Makes a frozenset of a collection.
   *
   * @param elements its elements; copied
   * @return the frozenset
   */
  public static FrozenSet copyOf(Collection<? extends @Nullable Object> elements) {
    return new FrozenSet(Collections.unmodifiableSet(new LinkedHashSet<>(elements)));
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return elements.iterator();
  }

  @Override
  public boolean contains(@Nullable Object element) {
    return elements.contains(element);
  }

  @Override
  public int size() {
    return elements.size();
  }
}

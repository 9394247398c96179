package dev.ophion.bridge.handle;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Steps through a Python iterator, one item ahead. Confined to one thread at a time. */
final class HostedIterator implements Iterator<@Nullable Object> {

  private static final Object END = new Object();
  private static final Object UNKNOWN = new Object();

  private final HostedObject iterator;
  private @Nullable Object ahead = UNKNOWN;

  HostedIterator(HostedObject iterator) {
    this.iterator = iterator;
  }

  @Override
  public boolean hasNext() {
    if (ahead == UNKNOWN) {
      ahead = iterator.next(END);
      if (ahead == END) {
        iterator.close();
      }
    }
    return ahead != END;
  }

  @Override
  public @Nullable Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the Python iterator is exhausted");
    }
    Object item = ahead;
    ahead = UNKNOWN;
    return item;
  }
}

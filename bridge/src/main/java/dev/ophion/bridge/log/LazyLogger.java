package dev.ophion.bridge.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A logger that is looked up when something is to be said. A runtime that starts with filled caches
 * says nothing, and the first look-up in a JVM finds and starts the logging library, which takes
 * tens of milliseconds. Thread-safe.
 */
public final class LazyLogger {

  private final Class<?> owner;

  /** SLF4J gives the same one for the same name. */
  private volatile @Nullable Logger logger;

  private LazyLogger(Class<?> owner) {
    this.owner = owner;
  }

  /**
   * Makes one.
   *
   * @param owner the class that it is named after
   */
  public static LazyLogger of(Class<?> owner) {
    return new LazyLogger(owner);
  }

  /** Returns SLF4J's logger. */
  public Logger get() {
    Logger known = logger;
    if (known == null) {
      known = LoggerFactory.getLogger(owner);
      logger = known;
    }
    return known;
  }
}

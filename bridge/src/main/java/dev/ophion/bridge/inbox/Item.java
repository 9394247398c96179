package dev.ophion.bridge.inbox;

import org.jspecify.annotations.Nullable;

/** What can lie in an {@link Inbox}, in one at a time. */
public abstract class Item {

  /** Written by who puts it, and then by the thread that takes it out. */
  @Nullable Item next;

  /** For subclasses. */
  protected Item() {}
}

package dev.ophion.bridge.call;

import dev.ophion.bridge.engine.Unowned;
import dev.ophion.bridge.inbox.Item;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The reference that the engine's table holds for a handle, with a count of who needs it: the
 * handle until it is closed or garbage, and each request that names it. Given back once, with the
 * last count. Must not refer to the handle. Thread-safe.
 */
public final class HandleClaim extends Item implements Runnable {

  private static final VarHandle USERS;

  static {
    try {
      USERS = MethodHandles.lookup().findVarHandle(HandleClaim.class, "users", int.class);
    } catch (ReflectiveOperationException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  private final Target interpreter;
  private final long id;

  /** The handle's own count, and that of each request. */
  @SuppressWarnings({"unused", "FieldCanBeFinal"}) // through USERS
  private int users = 1;

  private volatile boolean closed;

  public HandleClaim(Target interpreter, long id) {
    this.interpreter = interpreter;
    this.id = id;
    Unowned.handleTaken();
  }

  long id() {
    return id;
  }

  public boolean isClosed() {
    return closed;
  }

  /** Takes one more count. */
  void hold() {
    int seen = (int) USERS.getVolatile(this);
    while (seen > 0) {
      int found = (int) USERS.compareAndExchange(this, seen, seen + 1);
      if (found == seen) {
        return;
      }
      seen = found;
    }
    throw new IllegalStateException(
        "A handle was closed by another thread while it was passed to a call: close it later.");
  }

  void drop() {
    if ((int) USERS.getAndAdd(this, -1) == 1) {
      boolean isGivenBack = false;
      try {
        interpreter.giveBack(this);
        isGivenBack = true;
      } finally {
        if (!isGivenBack) {
          // The last count is still the caller's, who may have had no stack. Nobody else has one.
          users = 1;
        }
      }
    }
  }

  /** Ends the handle's own count, once: its cleaner's work. */
  @Override
  public void run() {
    closed = true;
    drop();
  }
}

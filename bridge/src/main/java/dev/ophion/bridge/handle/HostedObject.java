package dev.ophion.bridge.handle;

import dev.ophion.Interpreter;
import dev.ophion.NotTransferableException;
import dev.ophion.OphionException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.call.Exchange;
import dev.ophion.bridge.call.Handle;
import dev.ophion.bridge.call.HandleClaim;
import dev.ophion.bridge.call.Target;
import dev.ophion.bridge.engine.Op;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A handle. Thread-safe. */
public final class HostedObject extends Handle implements PythonObject {

  private static final Cleaner CLEANER = Cleaner.create();

  private final Target interpreter;
  private final String typeName;
  private final HandleClaim claim;
  private final Cleaner.Cleanable cleanable;

  public HostedObject(Target interpreter, long id, String typeName) {
    this.interpreter = interpreter;
    this.typeName = typeName;
    claim = new HandleClaim(interpreter, id);
    cleanable = CLEANER.register(this, claim);
  }

  @Override
  public HandleClaim claimFor(Target target) {
    if (target != interpreter) {
      throw new NotTransferableException(
          "A %s of the interpreter '%s' was passed to '%s': a handle works in its own interpreter only. Move the object with dump() and load() (errors.md#other-interpreters-handles)."
              .formatted(typeName, interpreter.name(), target.name()),
          "the handle",
          null);
    }
    if (claim.isClosed()) {
      throw new IllegalStateException(
          "This handle to a %s of the interpreter '%s' is closed."
              .formatted(typeName, interpreter.name()));
    }
    return claim;
  }

  @Override
  public Interpreter interpreter() {
    return interpreter;
  }

  @Override
  public String typeName() {
    return typeName;
  }

  @Override
  public <T> @Nullable T getAttribute(String name, Class<T> type) {
    return run(interpreter.requests().attribute(Op.GET_ATTR, this, name), type);
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    run(interpreter.requests().setAttribute(this, name, value), Object.class);
  }

  @Override
  public @Nullable Object getItem(@Nullable Object key) {
    return run(interpreter.requests().item(Op.GET_ITEM, this, key), Object.class);
  }

  @Override
  public void setItem(@Nullable Object key, @Nullable Object value) {
    run(interpreter.requests().item(Op.SET_ITEM, this, key, value), Object.class);
  }

  @Override
  public <T> @Nullable T call(Class<T> type, @Nullable Object... arguments) {
    return run(interpreter.requests().callHandle(this, arguments), type);
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    Object iterator = run(interpreter.requests().onHandle(Op.ITER, this), Object.class);
    return new HostedIterator((HostedObject) Objects.requireNonNull(iterator));
  }

  /** Runs a request on this handle, which stays reachable, and so uncleaned, until it is over. */
  <T> @Nullable T run(Exchange exchange, Class<T> type) {
    try {
      return interpreter.dispatch().run(exchange, type);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** The next item of this iterator, or {@code end} if there is none. */
  @Nullable Object next(Object end) {
    return run(interpreter.requests().onHandle(Op.NEXT, this).endingWith(end), Object.class);
  }

  @Override
  public String toString() {
    if (!claim.isClosed() && interpreter.isOpen()) {
      try {
        return String.valueOf(run(interpreter.requests().onHandle(Op.STR, this), String.class));
      } catch (OphionException | IllegalStateException failure) {
        return "<%s of '%s', str() failed: %s>"
            .formatted(typeName, interpreter.name(), failure.getMessage());
      }
    }
    return "<closed handle to a %s of '%s'>".formatted(typeName, interpreter.name());
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}

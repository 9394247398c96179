package dev.ophion.bridge.handle;

import dev.ophion.Interpreter;
import dev.ophion.PythonFunction;
import dev.ophion.bridge.call.Handle;
import dev.ophion.bridge.call.HandleClaim;
import dev.ophion.bridge.call.Target;
import org.jspecify.annotations.Nullable;

/** A resolved callable. Thread-safe. */
public final class HostedFunction extends Handle implements PythonFunction {

  private final HostedObject object;

  public HostedFunction(HostedObject object) {
    this.object = object;
  }

  @Override
  public HandleClaim claimFor(Target target) {
    return object.claimFor(target);
  }

  @Override
  public Interpreter interpreter() {
    return object.interpreter();
  }

  @Override
  public <T> @Nullable T call(Class<T> type, @Nullable Object... arguments) {
    return object.call(type, arguments);
  }

  @Override
  public void close() {
    object.close();
  }

  @Override
  public String toString() {
    return object.toString();
  }
}

package dev.ophion.bridge.interpreter;

import dev.ophion.Interpreter;
import dev.ophion.PythonFunction;
import org.jspecify.annotations.Nullable;

/** A resolved callable. Thread-safe. */
final class HostedFunction implements PythonFunction {

  private final HostedObject object;

  HostedFunction(HostedObject object) {
    this.object = object;
  }

  HostedObject object() {
    return object;
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

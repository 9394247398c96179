package dev.ophion.bridge.interpreter;

import dev.ophion.Namespace;
import dev.ophion.PythonException;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.bridge.call.Exchange;
import dev.ophion.bridge.call.Requests;
import dev.ophion.bridge.engine.Op;
import dev.ophion.bridge.failure.PythonFailures;
import dev.ophion.bridge.output.CallOutputs;
import dev.ophion.bridge.output.OutputStreams;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls whose output goes to a receiver of their own. Thread-safe. */
final class CapturingNamespace implements Namespace {

  private final HostedInterpreter interpreter;
  private final OutputStreams output;

  CapturingNamespace(HostedInterpreter interpreter, OutputStreams output) {
    this.interpreter = interpreter;
    this.output = output;
  }

  @Override
  public void exec(String source) {
    run(requests -> requests.exec(source, Requests.UNNAMED), Object.class);
  }

  @Override
  public void exec(String source, String fileName) {
    run(requests -> requests.exec(source, Requests.requireName(fileName)), Object.class);
  }

  @Override
  public void exec(Path file) {
    run(requests -> requests.exec(file), Object.class);
  }

  @Override
  public <T> @Nullable T eval(String expression, Class<T> type) {
    return run(requests -> requests.eval(expression, Requests.UNNAMED), type);
  }

  @Override
  public <T> @Nullable T eval(String expression, String fileName, Class<T> type) {
    return run(requests -> requests.eval(expression, Requests.requireName(fileName)), type);
  }

  @Override
  public void set(String name, @Nullable Object value) {
    run(requests -> requests.set(name, value), Object.class);
  }

  @Override
  public <T> @Nullable T get(String name, Class<T> type) {
    return run(requests -> requests.named(Op.GET, name, "the name"), type);
  }

  @Override
  public PythonObject importModule(String name) {
    try {
      return HostedInterpreter.required(
          run(
              requests -> requests.named(Op.IMPORT, name, "the module's name"),
              PythonObject.class));
    } catch (PythonException failure) {
      throw PythonFailures.promoteRefusal(failure);
    }
  }

  @Override
  public <T> @Nullable T call(String function, Class<T> type, @Nullable Object... arguments) {
    return run(requests -> requests.call(function, arguments), type);
  }

  @Override
  public PythonFunction function(String function) {
    return interpreter.function(function);
  }

  private <T> @Nullable T run(Function<Requests, Exchange> request, Class<T> type) {
    CallOutputs outputs = interpreter.callOutputs();
    CallOutputs.Receiver receiver = outputs.open(output);
    try {
      return interpreter
          .dispatch()
          .run(request.apply(interpreter.requests().capturedBy(receiver)), type);
    } finally {
      // Code that goes on, since the caller was interrupted, prints where others do.
      outputs.close(receiver);
    }
  }
}

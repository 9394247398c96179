package dev.ophion.bench;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import java.util.Objects;
import java.util.concurrent.Callable;

/** The runtime and one interpreter for a benchmark. Not thread-safe; the benchmark closes it. */
final class World implements AutoCloseable {

  private final Python python = Python.start();
  private final Interpreter interpreter = python.newInterpreter("bench");

  World(String source) {
    interpreter.exec(source);
  }

  Python python() {
    return python;
  }

  Interpreter interpreter() {
    return interpreter;
  }

  /** Runs a loop attached, so that one hand-over is paid for all its calls. */
  <T> T attached(Callable<T> loop) throws Exception {
    return Objects.requireNonNull(interpreter.attach(loop));
  }

  @Override
  public void close() {
    python.close();
  }
}

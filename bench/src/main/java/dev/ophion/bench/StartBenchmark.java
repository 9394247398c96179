package dev.ophion.bench;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Isolation;
import dev.ophion.Python;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Start and end of an interpreter of each isolation. The baseline, {@code concurrent.interpreters}
 * of the same build, runs in Python.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class StartBenchmark {

  /** What is started. */
  @Param({"SUBINTERPRETER", "IMAGE"})
  public Isolation isolation = Isolation.SUBINTERPRETER;

  private final Python python = Python.start();
  private @Nullable Interpreter started;

  /** Ends the runtime. */
  @TearDown
  public void close() {
    python.close();
  }

  /** Ends what {@link #start} made; not measured. */
  @TearDown(Level.Invocation)
  public void closeStarted() {
    if (started != null) {
      started.close();
      started = null;
    }
  }

  private InterpreterOptions options() {
    return InterpreterOptions.builder().name("started").isolation(isolation).build();
  }

  /** Start alone. */
  @Benchmark
  public InterpreterState start() {
    Interpreter interpreter = python.newInterpreter(options());
    started = interpreter;
    return interpreter.state();
  }

  /** Start and end. */
  @Benchmark
  public InterpreterState startAndClose() {
    Interpreter interpreter = python.newInterpreter(options());
    interpreter.close();
    return interpreter.state();
  }
}

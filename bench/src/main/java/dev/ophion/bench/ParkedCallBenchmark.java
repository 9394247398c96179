package dev.ophion.bench;

import dev.ophion.PythonFunction;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Scalar calls to a carrier that has had nothing to do for a millisecond and sleeps. Beside it the
 * same of an executor's thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ParkedCallBenchmark {

  private static final long PAUSE_NANOS = 1_000_000;

  private final World world = new World("def increment(number): return number + 1");
  private final PythonFunction increment = world.interpreter().function("increment");
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private long number;

  /** Ends the interpreter and the executor. */
  @TearDown
  public void close() {
    executor.shutdown();
    world.close();
  }

  /** Lets the other thread fall asleep while this one stays awake; not measured. */
  @Setup(Level.Invocation)
  public void pause() {
    long end = System.nanoTime() + PAUSE_NANOS;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  /** {@code f(int)}. */
  @Benchmark
  public long parkedInt() {
    number = Objects.requireNonNull(increment.call(Long.class, number));
    return number;
  }

  /** The hand-over of an {@link ExecutorService} alone. */
  @Benchmark
  public long baselineExecutor() throws Exception {
    number = executor.submit(() -> number + 1).get();
    return number;
  }
}

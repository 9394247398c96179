package dev.ophion.bench;

import dev.ophion.PythonFunction;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Scalar calls by a resolved function: attached (conversion and call alone) and handed over to a
 * carrier that still spins. Beside them an empty call through JNI and an executor's hand-over.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class CallBenchmark {

  static final int CALLS = 1000;

  /** Enough for the hand-over around them not to count where waking a thread takes long. */
  static final int ATTACHED_CALLS = 10_000;

  static final String TEXT = "sixteen letters!";

  private final World world =
      new World(
          """
          def increment(number): return number + 1
          def same(text): return text
          """);
  private final PythonFunction increment = world.interpreter().function("increment");
  private final PythonFunction same = world.interpreter().function("same");
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final Runtime runtime = Runtime.getRuntime();

  /** Ends the interpreter and the executor. */
  @TearDown
  public void close() {
    executor.shutdown();
    world.close();
  }

  /** {@code f(int)} inside one attach. */
  @Benchmark
  @OperationsPerInvocation(ATTACHED_CALLS)
  public long attachedInt() throws Exception {
    return world.attached(
        () -> {
          long value = 0;
          for (int i = 0; i < ATTACHED_CALLS; i++) {
            value = Objects.requireNonNull(increment.call(Long.class, value));
          }
          return value;
        });
  }

  /** {@code f(str)} with 16 characters, inside one attach. */
  @Benchmark
  @OperationsPerInvocation(ATTACHED_CALLS)
  public String attachedString() throws Exception {
    return world.attached(
        () -> {
          String value = TEXT;
          for (int i = 0; i < ATTACHED_CALLS; i++) {
            value = Objects.requireNonNull(same.call(String.class, value));
          }
          return value;
        });
  }

  /** {@code f(int)} from another thread, one right after the other. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public long handedOverInt() {
    long value = 0;
    for (int i = 0; i < CALLS; i++) {
      value = Objects.requireNonNull(increment.call(Long.class, value));
    }
    return value;
  }

  /** {@code f(str)} with 16 characters from another thread, one right after the other. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public String handedOverString() {
    String value = TEXT;
    for (int i = 0; i < CALLS; i++) {
      value = Objects.requireNonNull(same.call(String.class, value));
    }
    return value;
  }

  /** The hand-over of an {@link ExecutorService} alone, one right after the other. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public long baselineExecutor() throws Exception {
    long value = 0;
    for (int i = 0; i < CALLS; i++) {
      long before = value;
      value = executor.submit(() -> before + 1).get();
    }
    return value;
  }

  /** A cache line alone, to a thread that spins on it and back, one right after the other. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public long baselineCacheLine(Echo echo) {
    long value = 0;
    for (int i = 0; i < CALLS; i++) {
      value = echo.there(value + 1);
    }
    return value;
  }

  /** A JDK method behind JNI that only reads a field of the JVM; returns the last value. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public long baselineJni() {
    long value = 0;
    for (int i = 0; i < CALLS; i++) {
      value = runtime.maxMemory();
    }
    return value;
  }
}

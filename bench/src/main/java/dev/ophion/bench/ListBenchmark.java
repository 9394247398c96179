package dev.ophion.bench;

import dev.ophion.PythonFunction;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/** A list of 100 doubles given to Python's {@code sum}, attached and handed over. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ListBenchmark {

  static final int CALLS = 100;
  static final double SUM = 4950;

  private final World world = new World("");
  private final PythonFunction sum = world.interpreter().function("builtins:sum");
  private final List<Double> numbers = IntStream.range(0, 100).mapToObj(i -> (double) i).toList();

  /** Ends the interpreter. */
  @TearDown
  public void close() {
    world.close();
  }

  /** Many sums inside one attach; returns what they add up to. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public double attachedSum() throws Exception {
    return world.attached(
        () -> {
          double total = 0;
          for (int i = 0; i < CALLS; i++) {
            total += Objects.requireNonNull(sum.call(Double.class, numbers));
          }
          return total;
        });
  }

  /** Many sums from another thread; returns what they add up to. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public double handedOverSum() {
    double total = 0;
    for (int i = 0; i < CALLS; i++) {
      total += Objects.requireNonNull(sum.call(Double.class, numbers));
    }
    return total;
  }

  /** The same sums in Java: what the boxes alone cost. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public double baselineJava() {
    double total = 0;
    for (int i = 0; i < CALLS; i++) {
      for (Double number : numbers) {
        total += number;
      }
    }
    return total;
  }
}

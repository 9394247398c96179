package dev.ophion.bench;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The same CPU-bound pure-Python task in one interpreter, and in two at the same time. The ratio of
 * their throughputs counts; the report computes it, here and for the baselines in Python.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class ParallelBenchmark {

  /** What {@link #STEPS} steps give. */
  static final long RESULT = 1_060_613_537L;

  static final int STEPS = 1_500_000;

  private static final String SOURCE =
      """
      def work(steps):
          x = 1
          for _ in range(steps):
              x = (x * 1103515245 + 12345) & 0x7FFFFFFF
          return x
      """;

  /** How many tasks run at the same time, each in an interpreter of its own. */
  @Param({"1", "2"})
  public int interpreters = 2;

  private final Python python = Python.start();
  private final List<Interpreter> workers = new ArrayList<>();

  /** Starts the interpreters. */
  @Setup
  public void start() {
    for (int i = 0; i < interpreters; i++) {
      Interpreter worker = python.newInterpreter("worker-" + i);
      worker.exec(SOURCE);
      workers.add(worker);
    }
  }

  /** Ends them. */
  @TearDown
  public void close() {
    python.close();
  }

  /** Runs one task in each and returns their results. */
  @Benchmark
  public List<Long> work() {
    List<CompletableFuture<@Nullable Long>> tasks = new ArrayList<>();
    for (Interpreter worker : workers) {
      tasks.add(worker.async().call("work", Long.class, STEPS));
    }
    return tasks.stream().map(task -> Objects.requireNonNull(task.join())).toList();
  }
}

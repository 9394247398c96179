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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Many small NumPy tasks in two images; the tasks are those of the baselines, by the same code. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class ImageWorkBenchmark {

  static final int TASKS = 100;

  /** As many tasks as multiprocessing's pool of two workers puts into a chunk. */
  private static final int CHUNK = 13;

  private static final String CHUNKS =
      """
      def chunk(first, last):
          return [small(seed) for seed in range(first, last)]
      """;

  private static final int IMAGES = 2;

  private final Python python = Python.start(Packages.numpy());
  private final List<Interpreter> workers = new ArrayList<>();

  /** Starts the images. */
  @Setup
  public void start() {
    for (int i = 0; i < IMAGES; i++) {
      Interpreter worker = python.newInterpreter(Packages.image("worker-" + i));
      worker.exec(Packages.tasks() + CHUNKS);
      workers.add(worker);
    }
  }

  /** Ends them. */
  @TearDown
  public void close() {
    python.close();
  }

  /** Runs all small tasks, a call each, and returns the sum of their results. */
  @Benchmark
  public double mapSingle() {
    List<CompletableFuture<@Nullable Double>> tasks = new ArrayList<>();
    for (int seed = 0; seed < TASKS; seed++) {
      tasks.add(workers.get(seed % IMAGES).async().call("small", Double.class, seed));
    }
    return tasks.stream().mapToDouble(task -> Objects.requireNonNull(task.join())).sum();
  }

  /** Runs all small tasks, a call for some of them together, and returns the sum. */
  @Benchmark
  public double map() {
    List<CompletableFuture<double @Nullable []>> tasks = new ArrayList<>();
    for (int first = 0; first < TASKS; first += CHUNK) {
      int last = Math.min(first + CHUNK, TASKS);
      Interpreter worker = workers.get(first / CHUNK % IMAGES);
      tasks.add(worker.async().call("chunk", double[].class, first, last));
    }
    double sum = 0;
    for (CompletableFuture<double @Nullable []> task : tasks) {
      for (double result : Objects.requireNonNull(task.join())) {
        sum += result;
      }
    }
    return sum;
  }
}

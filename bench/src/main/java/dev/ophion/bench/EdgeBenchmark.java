package dev.ophion.bench;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.PythonFunction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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

/** Arrays of Java in a private image with NumPy: a heap array, copied, and direct memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class EdgeBenchmark {

  static final double VALUE = 1.5;

  /** The size in bytes. */
  @Param({"1000000", "100000000"})
  public int bytes = 1_000_000;

  private final Python python = Python.start(Packages.numpy());
  private final Interpreter image = python.newInterpreter(Packages.image("edges"));
  private double[] numbers = {};
  private DoubleBuffer direct = DoubleBuffer.allocate(0);
  private PythonFunction length;
  private PythonFunction last;
  private PythonFunction copied;

  /** Makes the functions. */
  public EdgeBenchmark() {
    image.exec(
        """
        import numpy
        def length(x): return len(x)
        def last(x): return float(x[-1])
        def copied(): return len(bytes(source))
        """);
    length = image.function("length");
    last = image.function("last");
    copied = image.function("copied");
  }

  /** Makes the arrays, every page of them written. */
  @Setup
  public void fill() {
    int items = bytes / Double.BYTES;
    numbers = new double[items];
    Arrays.fill(numbers, VALUE);
    direct = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asDoubleBuffer();
    direct.put(numbers).clear();
    image.set("source", direct);
    image.exec("source = memoryview(source)");
  }

  /** Ends the image. */
  @TearDown
  public void close() {
    python.close();
  }

  /** A {@code double[]} as an argument. */
  @Benchmark
  public long heapArray() {
    return Objects.requireNonNull(length.call(Long.class, (Object) numbers));
  }

  /** One copy of as many bytes into fresh memory, made and freed in Python. */
  @Benchmark
  public long baselineCopy() {
    return Objects.requireNonNull(copied.call(Long.class));
  }

  /** A direct buffer as an argument, of which Python reads the last element. */
  @Benchmark
  public double directBuffer() {
    return Objects.requireNonNull(last.call(Double.class, direct));
  }
}

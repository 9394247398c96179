package dev.ophion.bench;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonFunction;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** An array of 1 KB into Java, and by dump and load into another interpreter. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class SmallArrayBenchmark {

  static final int ITEMS = 128;
  static final int CALLS = 1000;

  /** An {@code ndarray} in images, an {@code array.array} in subinterpreters. */
  @Param({"IMAGE", "SUBINTERPRETER"})
  public Isolation isolation = Isolation.IMAGE;

  private record Pair(
      Python python,
      Interpreter sender,
      Interpreter receiver,
      PythonFunction get,
      PythonFunction last) {}

  private @Nullable Pair started;

  /** Starts both interpreters and makes the array. */
  @Setup
  public void start() {
    boolean isImage = isolation == Isolation.IMAGE;
    Python python = isImage ? Python.start(Packages.numpy()) : Python.start();
    Interpreter sender = open(python, "sender");
    Interpreter receiver = open(python, "receiver");
    String array =
        isImage
            ? "import numpy\ndata = numpy.arange(%d.0)"
            : "from array import array\ndata = array('d', range(%d))";
    sender.exec(array.formatted(ITEMS) + "\ndef get(): return data");
    receiver.exec("def last(): return float(data[-1])");
    started = new Pair(python, sender, receiver, sender.function("get"), receiver.function("last"));
  }

  private Interpreter open(Python python, String name) {
    return isolation == Isolation.IMAGE
        ? python.newInterpreter(Packages.image(name))
        : python.newInterpreter(name);
  }

  private Pair pair() {
    return Objects.requireNonNull(started);
  }

  /** Ends both interpreters. */
  @TearDown
  public void close() {
    pair().python().close();
  }

  /** A {@code double[]} of it, inside one attach. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public double[] toJava() throws Exception {
    PythonFunction get = pair().get();
    return Objects.requireNonNull(
        pair()
            .sender()
            .attach(
                () -> {
                  double[] array = {};
                  for (int i = 0; i < CALLS; i++) {
                    array = Objects.requireNonNull(get.call(double[].class));
                  }
                  return array;
                }));
  }

  /** Dump, load, read of the last element, one right after the other. */
  @Benchmark
  public double transferHot() {
    return transfer();
  }

  /** The same after a pause. */
  @Benchmark
  public double transferParked(Pause pause) {
    return transfer();
  }

  private double transfer() {
    Pair pair = pair();
    try (Payload payload = pair.sender().dump("data")) {
      pair.receiver().load("data", payload);
    }
    return Objects.requireNonNull(pair.last().call(Double.class));
  }

  /** Lets the carriers fall asleep while this thread stays awake; not measured. */
  @State(Scope.Benchmark)
  public static class Pause {

    private static final long PAUSE_NANOS = 1_000_000;

    /** Waits for a millisecond. */
    @Setup(Level.Invocation)
    public void pause() {
      long end = System.nanoTime() + PAUSE_NANOS;
      while (System.nanoTime() - end < 0) {
        Thread.onSpinWait();
      }
    }
  }
}

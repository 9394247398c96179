package dev.ophion.bench;

import dev.ophion.Access;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.Python;
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

/** One large NumPy array from one image into another, there and back, and into Java. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ArrayBenchmark {

  static final double VALUE = 1.5;

  /** The size in units of 1,000,000 bytes. */
  @Param({"100", "1000"})
  public int megabytes = 100;

  private final Python python = Python.start(Packages.numpy());
  private final Interpreter sender = python.newInterpreter(Packages.image("sender"));
  private final Interpreter receiver = python.newInterpreter(Packages.image("receiver"));

  /** Makes the array, every page of it written. */
  @Setup
  public void fill() {
    receiver.exec("import numpy");
    sender.exec("import numpy\ndata = numpy.full(%d, %s)".formatted(items(), VALUE));
  }

  /** Ends both images. */
  @TearDown
  public void close() {
    python.close();
  }

  /** Returns the bytes that crossed without a copy. */
  @Benchmark
  public long transfer() {
    return send(sender, "data", receiver, "data");
  }

  /** Returns the bytes that crossed without a copy, both ways together. */
  @Benchmark
  public long thereAndBack() {
    return send(sender, "data", receiver, "data") + send(receiver, "data", sender, "back");
  }

  /** Reads the last element in Java. */
  @Benchmark
  public double toJava() {
    try (NdArray array = Objects.requireNonNull(sender.get("data", NdArray.class))) {
      return array.asDoubleBuffer().get(items() - 1);
    }
  }

  private static long send(Interpreter from, String source, Interpreter to, String target) {
    try (Payload payload = from.dump(source, Access.WRITABLE)) {
      to.load(target, payload);
      return payload.outOfBandBytes();
    }
  }

  /** Changes the receiver's array and says what the sender then sees. */
  double changedByReceiver(double value) {
    receiver.call("data.__setitem__", 0, value);
    return Objects.requireNonNull(sender.eval("float(data[0])", Double.class));
  }

  int items() {
    return megabytes * 1_000_000 / Double.BYTES;
  }
}

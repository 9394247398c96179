package dev.ophion.bench;

import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.SharedBuffer;
import java.nio.ByteBuffer;
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

/**
 * One large Python object from one interpreter into another: dump, load over the one before (whose
 * memory is given back) and close of the payload. The same object in Java.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class PayloadBenchmark {

  /** The size in units of 1,000,000 bytes. */
  @Param({"100", "1000"})
  public int megabytes = 100;

  /** What is sent. */
  @Param({"bytearray", "array"})
  public String kind = "bytearray";

  private final World world = new World("");
  private final Interpreter receiver = world.python().newInterpreter("receiver");

  /** Makes the object, every page of it written. */
  @Setup
  public void fill() {
    String source =
        switch (kind) {
          case "bytearray" -> "data = bytearray(b'x') * %d".formatted(sizeBytes());
          case "array" -> "import array\ndata = array.array('d', [1.5]) * %d".formatted(items());
          default -> throw new IllegalArgumentException(kind);
        };
    world.interpreter().exec(source + "\nview = memoryview(data)");
  }

  /** Ends both interpreters. */
  @TearDown
  public void close() {
    world.close();
  }

  /** Returns the bytes that crossed without a copy. */
  @Benchmark
  public long transfer() {
    try (Payload payload = world.interpreter().dump("data")) {
      receiver.load("data", payload);
      return payload.outOfBandBytes();
    }
  }

  /** The same memory in Java: an array is taken and given back. Returns its last byte. */
  @Benchmark
  public byte toJava() {
    try (NdArray array = Objects.requireNonNull(world.interpreter().get("view", NdArray.class))) {
      SharedBuffer memory = array.buffer();
      return memory.asByteBuffer().get((int) memory.sizeBytes() - 1);
    }
  }

  /** How many bytes the receiver sees. */
  long receivedBytes() {
    return Objects.requireNonNull(receiver.eval("memoryview(data).nbytes", Long.class));
  }

  int sizeBytes() {
    return megabytes * 1_000_000;
  }

  private int items() {
    return sizeBytes() / Double.BYTES;
  }

  /** Direct memory of Java in an interpreter. */
  @State(Scope.Benchmark)
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  @Warmup(iterations = 3, time = 1)
  @Measurement(iterations = 5, time = 1)
  @Fork(3)
  public static class FromJava {

    /** The size in units of 1,000,000 bytes. */
    @Param({"100", "1000"})
    public int megabytes = 100;

    private final World world = new World("def last(memory): return memory[-1]");
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);

    /** Allocates; the buffer is zeroed, which writes every page. */
    @Setup
    public void allocate() {
      memory = ByteBuffer.allocateDirect(megabytes * 1_000_000);
      memory.put(memory.capacity() - 1, (byte) 7);
    }

    /** Ends the interpreter. */
    @TearDown
    public void close() {
      world.close();
    }

    /** Returns the last byte, as Python sees it. */
    @Benchmark
    public long fromJava() {
      return Objects.requireNonNull(world.interpreter().call("last", Long.class, memory));
    }
  }

  /** One copy of the same size between two direct buffers, into pages that exist. */
  @State(Scope.Benchmark)
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  @Warmup(iterations = 3, time = 1)
  @Measurement(iterations = 5, time = 1)
  @Fork(3)
  public static class Copy {

    /** The size in units of 1,000,000 bytes. */
    @Param({"100", "1000"})
    public int megabytes = 100;

    private ByteBuffer source = ByteBuffer.allocateDirect(0);
    private ByteBuffer target = source;

    /** Allocates; the buffers are zeroed, which writes every page. */
    @Setup
    public void allocate() {
      source = ByteBuffer.allocateDirect(megabytes * 1_000_000);
      target = ByteBuffer.allocateDirect(megabytes * 1_000_000);
    }

    /** Copies. */
    @Benchmark
    public ByteBuffer baselineCopy() {
      return target.clear().put(source.clear());
    }
  }
}

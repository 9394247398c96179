package dev.ophion.bench;

import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What a lease costs beside the memory that it is on: the parts of every transfer. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class LeaseBenchmark {

  static final int TIMES = 1_000;

  private final ByteBuffer memory = ByteBuffer.allocateDirect(8);
  private final Lease shared = LeaseTable.ofJava(memory, memory.capacity(), taken -> {});

  /** Begins a lease and ends it. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long takeAndDrop() {
    long last = 0;
    for (int i = 0; i < TIMES; i++) {
      Lease lease = LeaseTable.ofJava(memory, memory.capacity(), taken -> {});
      last = lease.id();
      lease.drop();
    }
    return last;
  }

  /** Takes one more count and gives it back. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public boolean share() {
    boolean taken = true;
    for (int i = 0; i < TIMES; i++) {
      taken &= shared.tryAcquire();
      shared.drop();
    }
    return taken;
  }

  /** The same by the lease's number, as native code does while it holds a GIL. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public boolean shareByNumber() {
    boolean taken = true;
    for (int i = 0; i < TIMES; i++) {
      taken &= LeaseTable.acquire(shared.id());
      LeaseTable.drop(shared.id());
    }
    return taken;
  }

  /** The same by two threads at once, on the same lease. */
  @Benchmark
  @Threads(2)
  @OperationsPerInvocation(TIMES)
  public boolean shareByNumberContended() {
    return shareByNumber();
  }
}

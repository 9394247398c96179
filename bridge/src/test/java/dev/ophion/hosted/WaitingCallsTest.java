package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Python;
import dev.ophion.QueueFullException;
import dev.ophion.bridge.OutputGate;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls that wait while another one runs: what they take, how many may, and that none is lost. */
@ExtendWith(NoLeftovers.class)
@Timeout(180)
final class WaitingCallsTest {

  private static final int MANY = 100_000;
  private static final long MOST_BYTES = 64L << 20;

  private final OutputGate gate = new OutputGate();
  private Interpreter python;
  private CompletableFuture<Object> busy;

  /** Opens an interpreter whose carrier is busy until the gate is open. */
  private void openBusy(InterpreterOptions.Builder options) throws Exception {
    python = Python.start().newInterpreter(options.name("waiting").stdout(gate.output()).build());
    python.exec("def f(x): return x + 1");
    busy = python.async().eval("print('busy')", Object.class);
    gate.awaitReached();
  }

  @AfterEach
  void close() {
    gate.open();
    python.close();
  }

  @Test
  void hundredThousandCalls_thatWait_takeLessThan64MebibytesAndAllComeBack() throws Exception {
    openBusy(InterpreterOptions.builder());
    List<CompletableFuture<Long>> results = new ArrayList<>(MANY);
    long before = usedBytes();
    for (int i = 0; i < MANY; i++) {
      results.add(python.async().call("f", Long.class, i));
    }
    assertThat(usedBytes() - before).isLessThan(MOST_BYTES);
    gate.open();
    for (int i = 0; i < MANY; i++) {
      assertThat(results.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i + 1L);
    }
    busy.get();
  }

  /** Heap that is reachable, and direct memory. */
  private static long usedBytes() {
    System.gc();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return direct + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void largeArguments_thatWait_comeOutWhole() throws Exception {
    openBusy(InterpreterOptions.builder());
    List<CompletableFuture<byte[]>> results = new ArrayList<>();
    int[] sizes = {0, 1, 8_000, 9_000, 70_000, 1_000_000, 1_100_000, 5_000_000};
    python.async().exec("def same(data): return bytes(data)").isDone();
    for (int size : sizes) {
      results.add(python.async().call("same", byte[].class, (Object) filled(size)));
    }
    gate.open();
    for (int i = 0; i < sizes.length; i++) {
      assertThat(results.get(i).get()).isEqualTo(filled(sizes[i]));
    }
    busy.get();
  }

  private static byte[] filled(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + size);
    }
    return bytes;
  }

  @Test
  void bound_reached_refusesOneMoreWithTheRemedy() throws Exception {
    openBusy(InterpreterOptions.builder().maximumWaitingCalls(3));
    List<CompletableFuture<Long>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(python.async().call("f", Long.class, i));
    }
    assertThatThrownBy(() -> python.call("f", Long.class, 3))
        .isInstanceOf(QueueFullException.class)
        .hasMessageContainingAll("'waiting'", "3 calls", "maximumWaitingCalls", "raise the bound");
    assertThatThrownBy(() -> python.async().call("f", Long.class, 3).get())
        .hasCauseInstanceOf(QueueFullException.class);
    assertThatThrownBy(() -> python.attach(() -> 1)).isInstanceOf(QueueFullException.class);
    gate.open();
    for (int i = 0; i < 3; i++) {
      assertThat(waiting.get(i).get()).isEqualTo(i + 1L);
    }
    assertThat(python.call("f", Long.class, 3)).isEqualTo(4L);
    busy.get();
  }

  @Test
  void bound_whenAWaitingCallIsCancelled_letsAnotherIn() throws Exception {
    openBusy(InterpreterOptions.builder().maximumWaitingCalls(1));
    for (int i = 0; i < 50; i++) {
      CompletableFuture<Long> cancelled = python.async().call("f", Long.class, i);
      assertThatThrownBy(() -> python.async().call("f", Long.class, 0).get())
          .hasCauseInstanceOf(QueueFullException.class);
      assertThat(cancelled.cancel(false)).isTrue();
      assertThat(cancelled.cancel(true)).isTrue();
    }
    CompletableFuture<Long> last = python.async().call("f", Long.class, 1);
    gate.open();
    assertThat(last.get()).isEqualTo(2L);
    busy.get();
  }

  @Test
  void bound_ofOne_neverRefusesOneCallerNorCallsWithinItsCalls() throws Exception {
    openBusy(InterpreterOptions.builder().maximumWaitingCalls(1));
    gate.open();
    busy.get();
    for (int i = 0; i < 2_000; i++) {
      assertThat(python.call("f", Long.class, i)).isEqualTo(i + 1L);
    }
    assertThat(
            python.attach(
                () -> {
                  long sum = 0;
                  for (int i = 0; i < 100; i++) {
                    sum += python.call("f", Long.class, i);
                  }
                  return sum;
                }))
        .isEqualTo(5_050L);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads came with 21")
  void twentyThousandVirtualThreads_callingAtOnce_allGetTheirResults() throws Exception {
    openBusy(InterpreterOptions.builder());
    gate.open();
    int threads = 20_000;
    ExecutorService pool =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    List<Future<Long>> results = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int number = i;
      results.add(pool.submit(() -> python.call("f", Long.class, number)));
    }
    for (int i = 0; i < threads; i++) {
      assertThat(results.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i + 1L);
    }
    pool.shutdown();
    busy.get();
  }
}

package dev.ophion.bridge.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.CallCancelledException;
import dev.ophion.ClosePolicy;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.PythonException;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.QueueFullException;
import dev.ophion.bridge.OutputGate;
import dev.ophion.bridge.interpreter.HostedInterpreter;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.interpreter.TestInterpreters;
import dev.ophion.bridge.waiting.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of other threads through the mailbox and the queue, and how they are given up. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class HandOverTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final long SEED = 20260914;

  private final OutputGate gate = new OutputGate();

  /** Whatever prints waits for the gate. */
  private InterpreterOptions.Builder gated() {
    return InterpreterOptions.builder().name("hand-over").stdout(gate.output());
  }

  private HostedInterpreter open() {
    return TestInterpreters.open(gated().build(), LONG);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void callers_pausingAndParkingAtRandom_allGetTheirReplies(int callers) throws Exception {
    try (HostedInterpreter python = open()) {
      python.exec("def busy(turns, reply):\n    for _ in range(turns): pass\n    return reply");
      PythonFunction busy = python.function("busy");
      inParallel(
          callers,
          caller -> {
            Random random = new Random(SEED + caller);
            for (int i = 0; i < 20_000 / callers; i++) {
              // The carrier stops spinning after some 2 to 30 us, the caller after some 40 us.
              pause(random.nextInt(random.nextInt(4) == 0 ? 50_000 : 6_000));
              int turns = random.nextInt(8) == 0 ? random.nextInt(4_000) : 0;
              assertThat(busy.call(Integer.class, turns, i)).isEqualTo(i);
            }
          });
    }
  }

  @Test
  void call_afterAsynchronousOnesOfTheSameThread_runsAfterThem() throws Exception {
    try (HostedInterpreter python = open()) {
      python.exec("from collections import defaultdict\nseen = defaultdict(list)");
      inParallel(
          3,
          caller -> {
            Random random = new Random(SEED + caller);
            int expected = 0;
            for (int i = 0; i < 1_000; i++) {
              for (int j = random.nextInt(4); j > 0; j--) {
                CompletableFuture<Void> unawaited =
                    python.async().exec("seen[%d].append(%d)".formatted(caller, expected++));
                assertThat(unawaited).isNotCancelled();
              }
              assertThat(python.eval("len(seen[%d])".formatted(caller), Integer.class))
                  .isEqualTo(expected);
            }
            assertThat(python.eval("seen[%d]".formatted(caller), int[].class))
                .isEqualTo(IntStream.range(0, expected).toArray());
          });
    }
  }

  @Test
  void calls_ofAllSizes_comeBackWhole() {
    try (HostedInterpreter python = open()) {
      python.exec("def same(text): return text\ndef times(text, count): return text * count");
      PythonFunction same = python.function("same");
      PythonFunction times = python.function("times");
      IntStream sizes =
          IntStream.concat(
              IntStream.range(0, 100), IntStream.of(3_500, 3_700, 4_096, 70_000, 2_000_000));
      sizes.forEach(
          size -> {
            String text = "abcdefghij".repeat(size / 10 + 1).substring(0, size);
            assertThat(same.call(String.class, text)).isEqualTo(text);
            assertThat(times.call(String.class, "y", size)).isEqualTo("y".repeat(size));
            assertThat(same.call(String.class, "after")).isEqualTo("after");
          });
    }
  }

  @Test
  void call_thatRaises_leavesTheWayFree() {
    try (HostedInterpreter python = open()) {
      Workspace ownOfMailbox = free(python);
      assertThatThrownBy(() -> python.eval("1 / 0")).isInstanceOf(PythonException.class);
      assertThatThrownBy(() -> python.set("x", new Object())).hasMessageContaining("Object");
      assertThat(free(python)).isSameAs(ownOfMailbox);
    }
  }

  /** As where the stack is full. */
  @Test
  void call_thatTheQueueDoesNotTake_givesItsPlaceBackOnce() throws Exception {
    InterpreterOptions options = gated().maximumWaitingCalls(1).build();
    try (HostedInterpreter python = TestInterpreters.open(options, LONG)) {
      Exchange lost = python.requests().eval("1", Requests.UNNAMED);
      lost.write();
      lost.pack();
      assertThatThrownBy(() -> lost.put(null)).isInstanceOf(NullPointerException.class);
      lost.close();

      CompletableFuture<Void> busy = python.async().exec("print('here')");
      gate.awaitReached();
      CompletableFuture<Object> waiting = python.async().eval("2", Object.class);
      CompletableFuture<Object> tooMany = python.async().eval("3", Object.class);
      gate.open();
      assertThatThrownBy(() -> tooMany.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(QueueFullException.class);
      assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(2L);
      busy.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void interrupt_beforeTheCallBegins_itNeverRuns() throws Exception {
    try (HostedInterpreter python = open()) {
      Workspace ownOfMailbox = free(python);
      CompletableFuture<Void> busy = python.async().exec("print('here')");
      // Else the call that is interrupted would queue up behind it.
      gate.awaitReached();
      interruptCaller(() -> python.exec("ran = True"));
      gate.open();
      busy.get(30, TimeUnit.SECONDS);
      assertThat(python.eval("'ran' in globals()")).isEqualTo(false);
      awaitFree(python, ownOfMailbox);
    }
  }

  @Test
  void interrupt_whileTheCallRuns_itsResultIsGivenBack() throws Exception {
    try (HostedInterpreter python = open()) {
      Workspace ownOfMailbox = free(python);
      python.exec(
          """
          class Thing:
              def __del__(self):
                  global gone
                  gone = True
          gone = False
          """);
      interruptCaller(() -> python.eval("print('here') or Thing()", PythonObject.class));
      gate.open();
      Deadline deadline = Deadline.in(LONG);
      while (!Boolean.TRUE.equals(python.eval("gone")) && deadline.remainingNanos() > 0) {
        Thread.onSpinWait();
      }
      assertThat(python.eval("gone")).isEqualTo(true);
      awaitFree(python, ownOfMailbox);
    }
  }

  @ParameterizedTest
  @EnumSource(ClosePolicy.class)
  void close_whileCallersCall_endsEachOfThem(ClosePolicy policy) throws Exception {
    for (int round = 0; round < 15; round++) {
      InterpreterOptions options =
          InterpreterOptions.builder().name("closed-under-way").closePolicy(policy).build();
      HostedInterpreter python = TestInterpreters.open(options, LONG);
      CountDownLatch calling = new CountDownLatch(3);
      CompletableFuture<Void> closer =
          CompletableFuture.runAsync(
              () -> {
                assertThat(await(calling)).isTrue();
                python.close();
              });
      inParallel(3, caller -> callUntilClosed(python, calling));
      closer.get(30, TimeUnit.SECONDS);
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void callUntilClosed(Interpreter python, CountDownLatch calling) {
    long value = 0;
    while (true) {
      try {
        assertThat(python.call("abs", Long.class, -value)).isEqualTo(value);
      } catch (InterpreterClosedException | CallCancelledException end) {
        return;
      }
      if (++value == 20) {
        calling.countDown();
      }
    }
  }

  /** Interrupts a caller that has parked when something has printed. */
  private void interruptCaller(Runnable call) throws Exception {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                assertThatThrownBy(call::run).isInstanceOf(CallCancelledException.class);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                outcome.complete(null);
              } catch (Throwable failure) {
                outcome.completeExceptionally(failure);
              }
            });
    caller.start();
    gate.awaitReached();
    while (caller.getState() != Thread.State.WAITING && !outcome.isDone()) {
      Thread.onSpinWait();
    }
    caller.interrupt();
    outcome.get(30, TimeUnit.SECONDS);
  }

  /** What a caller would work with now. */
  private static Workspace free(HostedInterpreter python) {
    Workspace workspace = python.dispatch().workspaceToWait();
    python.dispatch().giveBack(workspace);
    return workspace;
  }

  @SuppressWarnings("ReferenceEquality") // the very same one
  private static void awaitFree(HostedInterpreter python, Workspace ownOfMailbox) {
    Deadline deadline = Deadline.in(LONG);
    while (free(python) != ownOfMailbox && deadline.remainingNanos() > 0) {
      Thread.onSpinWait();
    }
    assertThat(free(python)).isSameAs(ownOfMailbox);
  }

  private static void pause(int nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  private interface Task {
    void run(int number) throws Exception;
  }

  private static void inParallel(int threads, Task task) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int number = i;
        done.add(
            pool.submit(
                () -> {
                  task.run(number);
                  return null;
                }));
      }
      for (Future<?> future : done) {
        future.get(60, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
  }
}

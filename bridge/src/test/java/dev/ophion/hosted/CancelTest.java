package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.CallCancelledException;
import dev.ophion.ClosePolicy;
import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.bridge.OutputGate;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A close that cancels stops calls that run, and hits nothing else. */
@ExtendWith(NoLeftovers.class)
@Timeout(180)
final class CancelTest {

  private static final int ROUNDS = 120;
  private static final long SEED = 20261127;
  private static final Duration LONG = Duration.ofSeconds(30);

  /** Each of these would be hit by what was meant for a call. */
  private static final String WITNESSES =
      """
      import atexit, os, threading, time
      def witness(name):
          for _ in range(50): pass
          with open(os.path.join(folder, name), 'w') as file: file.write(name)
      def suspended(write=witness):
          try: yield
          finally: write('finally')
      generator = suspended()
      next(generator)
      def last():
          witness('exit function')
          generator.close()
      atexit.register(last)
      thread = threading.Thread(target=time.sleep, args=(0.002,))
      thread.start()
      class Finalized:
          def __init__(self): self.folder, self.open, self.os = folder, open, os
          def __del__(self):
              with self.open(self.os.path.join(self.folder, 'finalizer'), 'w') as file:
                  file.write('x')
      finalized = Finalized()
      """;

  private static final int WITNESS_COUNT = 3;

  @TempDir Path folder;

  private static InterpreterOptions.Builder named(String name) {
    return InterpreterOptions.builder().name(name);
  }

  private static Interpreter open(InterpreterOptions.Builder options) {
    return Python.start().newInterpreter(options.build());
  }

  private Interpreter openWithWitnesses(InterpreterOptions.Builder options, int round)
      throws Exception {
    Interpreter python = open(options);
    python.set("folder", Files.createDirectory(folder.resolve("" + round)).toString());
    python.exec(WITNESSES);
    return python;
  }

  private int witnesses() throws Exception {
    int count = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (var files = Files.list(folder.resolve("" + round))) {
        count += (int) files.count();
      }
    }
    return count;
  }

  @Test
  void idleInterpreter_closedManyTimes_nothingIsHit() throws Exception {
    long retired = Python.start().metrics().retiredImages();
    for (int round = 0; round < ROUNDS; round++) {
      Interpreter python = openWithWitnesses(named("idle").closePolicy(ClosePolicy.CANCEL), round);
      python.close();
      python.close(LONG);
      assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
    }
    assertThat(witnesses()).isEqualTo(ROUNDS * WITNESS_COUNT);
    assertThat(Python.start().metrics().retiredImages()).isEqualTo(retired);
  }

  @Test
  void callThatEndsWhileItIsCancelled_nothingElseIsHit() throws Exception {
    long retired = Python.start().metrics().retiredImages();
    Random random = new Random(SEED);
    int cancelled = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Interpreter python = openWithWitnesses(named("ending"), round);
      python.exec("def work(turns):\n    for _ in range(turns): pass\n    return turns");
      CompletableFuture<Long> call =
          python.async().call("work", Long.class, random.nextInt(20_000));
      pause(random.nextInt(1_000_000));
      python.close(ClosePolicy.CANCEL, LONG);
      cancelled += isCancelled(call) ? 1 : 0;
    }
    assertThat(witnesses()).as("%d were cancelled", cancelled).isEqualTo(ROUNDS * WITNESS_COUNT);
    assertThat(Python.start().metrics().retiredImages()).isEqualTo(retired);
  }

  private static boolean isCancelled(CompletableFuture<?> call) throws Exception {
    try {
      assertThat(call.get(30, TimeUnit.SECONDS)).isNotNull();
      return false;
    } catch (ExecutionException failure) {
      assertThat(failure).hasCauseInstanceOf(CallCancelledException.class);
      return true;
    }
  }

  private static void pause(int nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void busyInterpreter_closedManyTimes_isStopped_andNothingElseIsHit() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      CountDownLatch running = new CountDownLatch(1);
      Interpreter python =
          openWithWitnesses(named("busy").stdout(Output.lines(line -> running.countDown())), round);
      CompletableFuture<Void> endless = python.async().exec("print('here')\nwhile True: pass");
      CompletableFuture<Object> waiting = python.async().eval("1", Object.class);
      assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
      python.close(ClosePolicy.CANCEL, LONG);
      assertThatThrownBy(() -> endless.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(CallCancelledException.class)
          .hasStackTraceContaining("KeyboardInterrupt");
      assertThat(isCancelled(waiting)).isTrue();
    }
    assertThat(witnesses()).isEqualTo(ROUNDS * WITNESS_COUNT);
  }

  @Test
  void closeThatWasToFinish_isMadeToCancelLater() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    Interpreter python = open(named("later").stdout(Output.lines(line -> running.countDown())));
    CompletableFuture<Void> endless = python.async().exec("print('here')\nwhile True: pass");
    CompletableFuture<Object> waiting = python.async().eval("1", Object.class);
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(() -> python.close(Duration.ofMillis(400)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("did not close within 400 ms: calls run or wait")
        .hasMessageContaining("close(ClosePolicy.CANCEL, timeout)");
    assertThat(waiting).isNotDone();
    python.close(ClosePolicy.CANCEL, LONG);
    assertThat(isCancelled(waiting)).isTrue();
    assertThat(isCancelled(endless)).isTrue();
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @Test
  void interpreterThatCancels_closedToFinish_runsWhatWaits() throws Exception {
    OutputGate gate = new OutputGate();
    Interpreter python =
        open(named("finishes").closePolicy(ClosePolicy.CANCEL).stdout(gate.output()));
    CompletableFuture<Object> first = python.async().eval("print('here') or 1", Object.class);
    CompletableFuture<Object> second = python.async().eval("2", Object.class);
    gate.awaitReached();
    assertThatThrownBy(() -> python.close(ClosePolicy.FINISH, Duration.ZERO))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("has not closed yet, and the close was given no time");
    gate.open();
    python.close(ClosePolicy.FINISH, LONG);
    assertThat(first.get()).isEqualTo(1L);
    assertThat(second.get()).isEqualTo(2L);
  }

  private static void awaitFile(Path file) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!Files.exists(file)) {
      assertThat(System.nanoTime() - end).isNegative();
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The inner call is hit where it runs, the outer one when it runs again. */
  @ParameterizedTest
  @ValueSource(strings = {"while True: pass", "while True: abs(1)"})
  void nestedCall_andTheOneAroundIt_areBothStopped(String inner) throws Exception {
    AtomicReference<Interpreter> python = new AtomicReference<>();
    AtomicReference<Throwable> nested = new AtomicReference<>();
    Path running = folder.resolve("running");
    python.set(
        open(
            named("nested")
                .stdout(
                    Output.lines(
                        line -> {
                          try {
                            python.get().exec("open('%s', 'w')\n".formatted(running) + inner);
                          } catch (Throwable failure) {
                            nested.set(failure);
                            throw failure;
                          }
                        }))));
    CompletableFuture<Void> outer =
        python
            .get()
            .async()
            .exec(
                """
                try: print('outer')
                except OSError: pass
                while True: pass
                """);
    awaitFile(running);
    python.get().close(ClosePolicy.CANCEL, LONG);
    assertThat(nested.get()).isInstanceOf(CallCancelledException.class);
    assertThat(isCancelled(outer)).isTrue();
  }

  /** Nothing is pending for the calls that a consumer makes within one that was interrupted. */
  @Test
  void loopThatPrints_whoseConsumerCallsBack_isStopped() throws Exception {
    AtomicReference<Interpreter> python = new AtomicReference<>();
    AtomicReference<RuntimeException> unexpected = new AtomicReference<>();
    CountDownLatch running = new CountDownLatch(20);
    python.set(
        open(
            named("calling back")
                .stdout(
                    Output.lines(
                        line -> {
                          running.countDown();
                          try {
                            python.get().eval("sum(range(300))");
                          } catch (CallCancelledException expected) {
                            throw expected;
                          } catch (InterpreterClosedException end) {
                            // The rest of a line that was interrupted comes at the very end.
                          } catch (RuntimeException failure) {
                            unexpected.set(failure);
                          }
                        }))));
    CompletableFuture<Void> endless =
        python
            .get()
            .async()
            .exec(
                """
                while True:
                    try: print('x')
                    except OSError: pass
                """);
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    python.get().close(ClosePolicy.CANCEL, LONG);
    assertThat(isCancelled(endless)).isTrue();
    assertThat(unexpected).hasValue(null);
  }

  /** Exit functions print too, and what their consumers call is no call of the close's. */
  @Test
  void consumerThatCallsBackFromAnExitFunction_isServed() {
    AtomicReference<Interpreter> python = new AtomicReference<>();
    AtomicReference<Object> seen = new AtomicReference<>();
    python.set(
        open(
            named("served")
                .closePolicy(ClosePolicy.CANCEL)
                .stdout(Output.lines(line -> seen.set(python.get().eval("6 * 7"))))));
    python.get().exec("import atexit\natexit.register(print, 'bye')");
    python.get().close();
    assertThat(seen).hasValue(42L);
  }

  @Test
  void attachedTask_thatGoesOnCalling_isEndedByItsCalls() throws Exception {
    Interpreter python = open(named("attached"));
    CountDownLatch running = new CountDownLatch(20);
    CompletableFuture<Object> task =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return python.attach(
                    () -> {
                      while (true) {
                        python.exec("x = 1");
                        running.countDown();
                      }
                    });
              } catch (Exception failure) {
                return failure;
              }
            });
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    python.close(ClosePolicy.CANCEL, LONG);
    assertThat(task.get(30, TimeUnit.SECONDS)).isInstanceOf(CallCancelledException.class);
  }

  @Test
  void callThatCatchesTheInterrupt_goesOn_untilTheNextClose() throws Exception {
    List<CountDownLatch> printed = List.of(new CountDownLatch(1), new CountDownLatch(1));
    Interpreter python =
        open(
            named("catching")
                .stdout(Output.lines(line -> printed.get(Integer.parseInt(line)).countDown())));
    CompletableFuture<Void> endless =
        python
            .async()
            .exec(
                """
                try:
                    print(0)
                    while True: pass
                except KeyboardInterrupt: pass
                print(1)
                while True: pass
                """);
    await(printed.get(0));
    assertThatThrownBy(() -> python.close(ClosePolicy.CANCEL, Duration.ofSeconds(2)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("was interrupted by KeyboardInterrupt")
        .hasMessageNotContaining("close(ClosePolicy.CANCEL");
    await(printed.get(1));
    assertThatThrownBy(() -> python.close(Duration.ofMillis(100)))
        .isInstanceOf(CloseTimeoutException.class);
    assertThat(endless).isNotDone();
    python.close(ClosePolicy.CANCEL, LONG);
    assertThat(isCancelled(endless)).isTrue();
  }

  @Test
  void runtime_closedToCancel_stopsAllInterpreters() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    Output output = Output.lines(line -> running.countDown());
    Interpreter first = open(named("first").stdout(output));
    Interpreter second = open(named("second").stdout(output));
    CompletableFuture<Void> one = first.async().exec("print('here')\nwhile True: pass");
    CompletableFuture<Void> two = second.async().exec("print('here')\nwhile True: pass");
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    Python runtime = Python.start();
    assertThatThrownBy(() -> runtime.close(Duration.ofMillis(300)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("2 of its interpreters")
        .hasMessageContaining("'first' did not close within 300 ms")
        .hasMessageContaining("'second' did not close within 300 ms")
        .hasMessageNotContaining("within 0");
    runtime.close(ClosePolicy.CANCEL, LONG);
    assertThat(isCancelled(one)).isTrue();
    assertThat(isCancelled(two)).isTrue();
  }
}

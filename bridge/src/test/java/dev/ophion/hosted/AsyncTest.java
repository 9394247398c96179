package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ophion.Access;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.NotTransferableException;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.OutputGate;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class AsyncTest {

  private final OutputGate gate = new OutputGate();
  private Interpreter python;

  @BeforeEach
  void open() {
    python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder().name("async").stdout(gate.output()).build());
  }

  @AfterEach
  void close() {
    gate.open();
    python.close();
  }

  @Test
  void everyTwin_completesWithWhatItsOriginalReturns() throws Exception {
    python.async().exec("data = bytearray(100_000)\ndef f(x): return x + 1").get();
    python.async().set("x", 5).get();
    assertThat(python.async().get("x", Long.class).get()).isEqualTo(5L);
    assertThat(python.async().eval("x * 2", Integer.class).get()).isEqualTo(10);
    assertThat(python.async().call("f", Long.class, 1).get()).isEqualTo(2L);
    try (PythonObject math = python.async().importModule("math").get();
        Payload payload = python.async().dump("data", Access.READ_ONLY).get()) {
      assertThat(math.typeName()).isEqualTo("module");
      assertThat(payload.outOfBandBytes()).isEqualTo(100_000);
      python.async().load("copy", payload).get();
      assertThat(python.async().eval("len(copy)", Long.class).get()).isEqualTo(100_000L);
    }
  }

  @Test
  void arguments_areTakenAtOnce() throws Exception {
    python.exec("def f(x): return x");
    CompletableFuture<Object> busy = python.async().eval("print('wait')", Object.class);
    gate.awaitReached();
    List<Object> argument = new ArrayList<>(List.of(1L));
    CompletableFuture<Object> result = python.async().call("f", Object.class, argument);
    argument.add(2L);
    gate.open();
    assertThat(result.get()).isEqualTo(List.of(1L));
    busy.get();
  }

  @Test
  void failures_areWhatTheOriginalThrows() {
    assertThatThrownBy(() -> python.async().eval("1 / 0", Object.class).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PythonException.class);
    assertThatThrownBy(() -> python.async().set("x", new Object()).get())
        .hasCauseInstanceOf(NotTransferableException.class);
    python.close();
    assertThatThrownBy(() -> python.async().exec("1").get())
        .hasCauseInstanceOf(InterpreterClosedException.class);
  }

  @Test
  void failures_keepTheFramesThatSubmitted() {
    python.exec("def f(): 1 / 0");
    CompletableFuture<?> raised = submitHere(() -> python.async().call("f", Object.class));
    Throwable failure = failureOf(raised);
    assertThat(failure.getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .startsWith("f")
        .contains("submitHere", "failures_keepTheFramesThatSubmitted");
    assertThat(failure.getStackTrace())
        .noneMatch(frame -> frame.getClassName().startsWith("dev.ophion.bridge."));
    assertThat(((PythonException) failure).pythonFrames()).hasSize(1);
    // Made elsewhere too: the result is decoded on another thread.
    failure = failureOf(submitHere(() -> python.async().eval("'text'", Integer.class)));
    assertThat(failure).isInstanceOf(NotTransferableException.class);
    assertThat(failure.getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .contains("submitHere");
    failure = failureOf(submitHere(() -> python.async().importModule("no_such_module")));
    assertThat(failure.getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .contains("submitHere");
  }

  private static CompletableFuture<?> submitHere(Supplier<CompletableFuture<?>> call) {
    return call.get();
  }

  private static Throwable failureOf(CompletableFuture<?> future) {
    return catchThrowableOfType(ExecutionException.class, future::get).getCause();
  }

  @Test
  void dependents_neverRunOnTheCarrier() throws Exception {
    CompletableFuture<String> thread =
        python.async().eval("1", Object.class).thenApply(one -> Thread.currentThread().getName());
    assertThat(thread.get()).isNotEqualTo("async");
  }

  @Test
  void cancel_beforeItBegins_takesItOutOfTheQueue() throws Exception {
    CompletableFuture<Object> busy = python.async().eval("print('wait')", Object.class);
    gate.awaitReached();
    CompletableFuture<Void> cancelled = python.async().exec("ran = True");
    assertThat(cancelled.cancel(true)).isTrue();
    gate.open();
    busy.get();
    assertThat(python.eval("'ran' in globals()")).isEqualTo(false);
    assertThat(cancelled).isCancelled();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads came with 21")
  void virtualThreads_mayCall() throws Exception {
    ExecutorService pool =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    List<Future<Long>> results = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int number = i;
      results.add(pool.submit(() -> python.call("abs", Long.class, -number)));
    }
    for (int i = 0; i < 200; i++) {
      assertThat(results.get(i).get()).isEqualTo(i);
    }
    pool.shutdown();
  }
}

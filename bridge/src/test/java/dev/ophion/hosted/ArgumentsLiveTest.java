package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Access;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.bridge.OutputGate;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the arguments of a call refer to lives until its reply, whatever their owner does. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class ArgumentsLiveTest {

  private final OutputGate gate = new OutputGate();
  private Interpreter python;

  @BeforeEach
  void open() {
    python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder().name("alive").stdout(gate.output()).build());
    python.exec(
        """
        class Thing:
            alive = 0
            def __init__(self, name): self.name = name; Thing.alive += 1
            def __del__(self): Thing.alive -= 1
            def __call__(self, x): return self.name, x
        def name(thing): return thing.name
        def call(function, x): return function(x)
        def total(data): return sum(memoryview(data).tolist())
        """);
  }

  @AfterEach
  void close() {
    gate.open();
    python.close();
  }

  /** Makes the carrier busy until the gate is open. */
  private CompletableFuture<Object> busy() throws Exception {
    CompletableFuture<Object> busy = python.async().eval("print('busy')", Object.class);
    gate.awaitReached();
    return busy;
  }

  @Test
  void handle_closedWhileItsCallWaits_isThereWhenTheCallRuns() throws Exception {
    PythonObject thing = python.eval("Thing('a')", PythonObject.class);
    CompletableFuture<Object> busy = busy();
    CompletableFuture<String> name = python.async().call("name", String.class, thing);
    thing.close();
    gate.open();
    assertThat(name.get()).isEqualTo("a");
    busy.get();
    assertThatThrownBy(() -> python.call("name", String.class, thing))
        .isInstanceOf(IllegalStateException.class);
    assertThat(python.eval("Thing.alive")).isEqualTo(0L);
  }

  @Test
  void function_closedWhileItsCallWaits_isThereWhenTheCallRuns() throws Exception {
    python.exec("b = Thing('b')");
    PythonFunction function = python.function("b");
    CompletableFuture<Object> busy = busy();
    CompletableFuture<Object> passed = python.async().call("call", Object.class, function, 1);
    python.async().exec("del b").isDone();
    function.close();
    gate.open();
    assertThat(passed.get()).hasToString("[b, 1]");
    busy.get();
    assertThat(python.eval("Thing.alive")).isEqualTo(0L);
  }

  @Test
  void callee_closedWhileItsCallWaits_isThereWhenTheCallRuns() throws Exception {
    python.exec("b = Thing('b')");
    PythonFunction function = python.function("b");
    CompletableFuture<Object> busy = busy();
    CompletableFuture<Object> result = new CompletableFuture<>();
    Thread caller = new Thread(() -> result.complete(function.call(Object.class, 2)));
    caller.start();
    while (caller.getState() != Thread.State.WAITING && !result.isDone()) {
      Thread.onSpinWait();
    }
    function.close();
    gate.open();
    assertThat(result.get()).hasToString("[b, 2]");
    busy.get();
  }

  @Test
  void handles_droppedUnderConstantCollection_areThereWhenTheCallsRun() throws Exception {
    List<CompletableFuture<String>> names = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      PythonObject thing = python.call("Thing", PythonObject.class, "thing " + i);
      names.add(python.async().call("name", String.class, thing));
      if (i % 10 == 0) {
        System.gc();
      }
    }
    for (int i = 0; i < names.size(); i++) {
      assertThat(names.get(i).get()).isEqualTo("thing " + i);
    }
  }

  @Test
  void handles_waitingWhileTheCollectorRuns_areThereWhenTheCallsRun() throws Exception {
    List<PythonObject> things = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      things.add(python.call("Thing", PythonObject.class, "thing " + i));
    }
    CompletableFuture<Object> busy = busy();
    List<CompletableFuture<String>> names = new ArrayList<>();
    for (PythonObject thing : things) {
      names.add(python.async().call("name", String.class, thing));
    }
    things.clear();
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    gate.open();
    for (int i = 0; i < 100; i++) {
      assertThat(names.get(i).get()).isEqualTo("thing " + i);
    }
    busy.get();
  }

  @Test
  void arrayPayloadAndBuffer_closedWhileTheirCallsWait_areThereWhenTheCallsRun() throws Exception {
    python.exec("data = memoryview(bytearray(range(100))); more = bytearray(range(100)) * 1000");
    NdArray array = python.get("data", NdArray.class);
    Payload payload = python.dump("more", Access.READ_ONLY);
    CompletableFuture<Object> busy = busy();
    CompletableFuture<Long> total = python.async().call("total", Long.class, array);
    CompletableFuture<Void> loaded = python.async().load("loaded", payload);
    CompletableFuture<Long> buffer =
        python.async().call("total", Long.class, ByteBuffer.allocateDirect(64).put(0, (byte) 9));
    array.close();
    payload.close();
    python.async().exec("data = more = None").isDone();
    System.gc();
    gate.open();
    assertThat(total.get()).isEqualTo(4950L);
    assertThat(buffer.get()).isEqualTo(9L);
    loaded.get();
    assertThat(python.eval("total(loaded)")).isEqualTo(4_950_000L);
    busy.get();
  }

  @Test
  void handle_ofACancelledCall_isGivenBackAtOnceAndNotUsed() throws Exception {
    PythonObject thing = python.eval("Thing('c')", PythonObject.class);
    CompletableFuture<Object> busy = busy();
    CompletableFuture<String> name = python.async().call("name", String.class, thing);
    thing.close();
    assertThat(name.cancel(true)).isTrue();
    gate.open();
    busy.get();
    assertThat(python.eval("Thing.alive")).isEqualTo(0L);
  }
}

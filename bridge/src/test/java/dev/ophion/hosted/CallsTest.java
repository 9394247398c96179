package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.Keywords;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.waiting.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeftovers.class)
final class CallsTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("calls");
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void exec_thenEval_sharesNames() {
    python.exec("x = 6\ndef double(n): return 2 * n");
    assertThat(python.eval("double(x)")).isEqualTo(12L);
  }

  @Test
  void call_forNoType_isRefusedBeforePythonRuns() {
    Class<Object> none = null;
    String ran = "globals().update(ran=True)";
    assertThatThrownBy(() -> python.eval(ran, none)).isInstanceOf(NullPointerException.class);
    assertThat(python.async().eval(ran, none)).isCompletedExceptionally();
    assertThat(python.eval("'ran' in globals()")).isEqualTo(false);
  }

  @Test
  void eval_ofAName_isWhatTheExpressionIs() {
    python.exec("x = 6\n\u00b5 = 7\nlen = 8\nglobals().update({'None': 1, 'if': 2})");
    assertThat(python.eval("x")).isEqualTo(6L);
    assertThat(python.eval(" x ")).isEqualTo(6L);
    assertThat(python.eval("\u00b5")).isEqualTo(7L);
    assertThat(python.eval("len")).isEqualTo(8L);
    assertThat(python.eval("None")).isNull();
    assertThat(python.eval("__debug__")).isEqualTo(true);
    assertThatThrownBy(() -> python.eval("if"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("SyntaxError");
    assertThatThrownBy(() -> python.eval("missing"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("name 'missing' is not defined")
        .hasMessageNotContaining("__main__");
    python.exec("del len");
    assertThat(python.eval("len", PythonObject.class).call("ab")).isEqualTo(2L);
  }

  @Test
  void set_thenGet_returnsTheValue() {
    python.set("name", List.of(1L, "two"));
    assertThat(python.get("name")).isEqualTo(List.of(1L, "two"));
  }

  @Test
  void set_noIdentifier_isRefused() {
    assertThatThrownBy(() -> python.set("not a name", 1))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("'not a name' is not an identifier");
  }

  @Test
  void get_unknownName_raisesNameError() {
    assertThatThrownBy(() -> python.get("missing"))
        .isInstanceOfSatisfying(
            PythonException.class, e -> assertThat(e.typeName()).isEqualTo("NameError"))
        .hasMessageContaining("missing");
  }

  @Test
  void call_moduleFunction_isFound() {
    assertThat(python.call("math:gcd", Long.class, 12, 18)).isEqualTo(6L);
    assertThat(python.call("os.path:join", String.class, "a", "b")).isEqualTo("a/b");
  }

  @Test
  void call_builtinAndDottedName_areFound() {
    python.exec("import math");
    assertThat(python.call("len", Long.class, List.of(1, 2, 3))).isEqualTo(3L);
    assertThat(python.call("math.floor", Long.class, 2.5)).isEqualTo(2L);
  }

  @Test
  void call_keywordArguments_arriveByName() {
    python.exec("def f(a, *rest, key, other=3): return [a, list(rest), key, other]");
    assertThat(python.call("f", 1, 2, Keywords.of("key", "k").and("other", null)))
        .isEqualTo(java.util.Arrays.asList(1L, List.of(2L), "k", null));
  }

  @Test
  void call_manyArguments_arriveInOrder() {
    python.exec("def f(*args, **kwargs): return [list(args), kwargs]");
    Object[] arguments = IntStream.range(0, 40).mapToObj(i -> (long) i).toArray();
    assertThat(python.call("f", arguments)).isEqualTo(List.of(List.of(arguments), Map.of()));
  }

  @Test
  void call_resultTooLargeForScratch_arrivesWhole() {
    String text = python.eval("'ab' * 3_000_000", String.class);
    assertThat(text).hasSize(6_000_000).startsWith("abab");
    assertThat(python.call("len", Long.class, text)).isEqualTo(6_000_000L);
  }

  @Test
  void function_closed_refusesCalls() {
    PythonFunction function = python.function("math:sqrt");
    assertThat(function.call(Double.class, 9)).isEqualTo(3.0);
    function.close();
    function.close();
    assertThatThrownBy(() -> function.call(4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void function_notCallable_isRefusedAtOnce() {
    assertThatThrownBy(() -> python.function("math:pi"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("not callable");
  }

  @Test
  void handle_attributesItemsCallStrIteration_work() {
    python.exec(
        """
        class Box:
            def __init__(self): self.size = 3
            def __getitem__(self, key): return key * 2
            def __setitem__(self, key, value): self.size = (key, value)
            def __call__(self, x, y=1): return x + y
            def __iter__(self): return iter([1, None, 'three'])
            def __str__(self): return 'a box'
        box = Box()
        """);
    try (PythonObject box = python.get("box", PythonObject.class)) {
      assertThat(box.typeName()).contains("Box");
      assertThat(box.getAttribute("size")).isEqualTo(3L);
      box.setAttribute("size", 4);
      assertThat(box.getAttribute("size", Integer.class)).isEqualTo(4);
      assertThat(box.getItem(21)).isEqualTo(42L);
      box.setItem("k", 5);
      assertThat(box.getAttribute("size")).isEqualTo(List.of("k", 5L));
      assertThat(box.call(Long.class, 1, Keywords.of("y", 2))).isEqualTo(3L);
      List<Object> items = new ArrayList<>();
      box.forEach(items::add);
      assertThat(items).containsExactly(1L, null, "three");
      assertThat(box).hasToString("a box");
      assertThat(python.call("type", PythonObject.class, box).toString()).contains("Box");
    }
  }

  @Test
  void handle_passedToAnotherInterpreter_isRefusedWithBothNames() {
    try (Interpreter other = Python.start().newInterpreter("other");
        PythonObject object = python.eval("object()", PythonObject.class)) {
      assertThatThrownBy(() -> other.set("x", List.of(object)))
          .isInstanceOf(NotTransferableException.class)
          .hasMessageContaining("'calls'")
          .hasMessageContaining("'other'");
    }
  }

  @Test
  void handle_released_freesThePythonObject() {
    python.exec(
        """
        import weakref
        class Thing: pass
        thing = Thing()
        ref = weakref.ref(thing)
        """);
    PythonObject thing = python.get("thing", PythonObject.class);
    python.exec("del thing");
    assertThat(python.eval("ref() is None")).isEqualTo(false);
    thing.close();
    // The release is queued before this call, and chores come before idling, not before calls.
    Deadline deadline = Deadline.in(java.time.Duration.ofSeconds(60));
    while (Boolean.FALSE.equals(python.eval("ref() is None")) && deadline.remainingNanos() > 0) {
      Thread.onSpinWait();
    }
    assertThat(python.eval("ref() is None")).isEqualTo(true);
  }

  @Test
  void manyThreads_callingOneInterpreter_runOneAfterAnother() throws Exception {
    python.exec(
        """
        count = 0
        def step():
            global count
            before = count
            for _ in range(50): pass
            count = before + 1
        """);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        tasks.add(
            () -> {
              for (int k = 0; k < 500; k++) {
                python.call("step");
              }
              return null;
            });
      }
      for (Future<Void> done : pool.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      pool.shutdown();
    }
    assertThat(python.get("count")).isEqualTo(4000L);
  }

  @Test
  void attach_runsOnTheCarrier_andCallsInsideRunNested() throws Exception {
    String thread =
        python.attach(
            () -> {
              python.exec("inside = 1");
              return Thread.currentThread().getName() + python.eval("inside");
            });
    assertThat(thread).isEqualTo("calls1");
    assertThatThrownBy(
            () ->
                python.attach(
                    () -> {
                      throw new java.io.IOException("mine");
                    }))
        .isInstanceOf(java.io.IOException.class)
        .hasMessage("mine");
  }

  @Test
  void closed_refusesEverything_withTheRemedy() {
    PythonObject object = python.eval("object()", PythonObject.class);
    python.close();
    assertThatThrownBy(() -> python.exec("1"))
        .isInstanceOf(InterpreterClosedException.class)
        .hasMessageContaining("calls")
        .hasMessageContaining("make another one");
    assertThatThrownBy(() -> object.getAttribute("x"))
        .isInstanceOf(InterpreterClosedException.class);
    assertThat(object.toString()).contains("closed handle");
    object.close();
  }

  @Test
  void newInterpreter_sameName_isRefused() {
    assertThatThrownBy(() -> Python.start().newInterpreter("calls"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'calls'");
  }
}

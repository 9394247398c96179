package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.OphionException;
import dev.ophion.Output;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * User code that breaks what Ophion's own Python code stands on. The interpreter ends all the same.
 */
@ExtendWith(NoLeftovers.class)
@Timeout(180)
final class SabotageTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import sys; sys.modules['_ophion_support.closing'] = None",
        "import sys; sys.modules['_ophion_support.errors'] = None",
        "import sys; sys.modules.update((name, None) for name in list(sys.modules))",
        "import sys; sys.modules.clear()",
        "import sys; sys.modules = {}",
        "import sys; del sys.modules",
        "import _thread; _thread._count = lambda: 'x'",
        "import _thread; _thread._count = lambda: 1 / 0",
        "import time; time.sleep = None; time.monotonic = lambda: 1 / 0",
        "import builtins; del builtins.len, builtins.getattr, builtins.isinstance",
        "import builtins; vars(builtins).clear()",
        "import sys; sys.stdout = sys.stderr = None; del sys.__stdout__",
        "import sys; sys.meta_path.clear(); sys.path_hooks.clear(); sys.path[:] = [1, None]",
        "import sys; sys.settrace(lambda *_: 1 / 0)",
        "import sys; sys.setprofile(lambda *_: 1 / 0)",
        "import gc; gc.freeze(); gc.disable()",
        "import sys; sys.setrecursionlimit(2**31 - 1)",
        "import atexit; atexit._run_exitfuncs = None",
        "import threading; threading._shutdown = lambda: 1 / 0",
        "import _thread, _ophion; _ophion.raise_in_thread(_thread.get_ident(), 42)",
        "import __main__; __main__.__dict__.clear()",
        "__builtins__ = 3",
      })
  void anything_broken_theInterpreterStillEnds(String sabotage) {
    Interpreter python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder()
                    .name("broken")
                    .stdout(Output.lines(line -> {}))
                    .stderr(Output.lines(line -> {}))
                    .build());
    try {
      python.exec(sabotage);
    } catch (PythonException expectedOfSome) {
      assertThat(expectedOfSome.typeName()).isNotEmpty();
    }
    // Whatever trace function was set raises once, and CPython takes it out then.
    try {
      python.eval("1");
    } catch (OphionException expectedOfSome) {
      assertThat(expectedOfSome).isNotNull();
    }
    assertThatThrownBy(() -> python.eval("1 / 0")).isInstanceOf(PythonException.class);
    python.close(Duration.ofSeconds(60));
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  @Test
  void frozenCycle_thatHoldsMemoryOfAnother_isFreedAtTheEnd() {
    try (Interpreter source = Python.start().newInterpreter("source");
        Interpreter target = Python.start().newInterpreter("target")) {
      try (Payload payload = source.dump("bytearray(100_000)")) {
        target.load("x", payload);
      }
      target.exec(
          """
          import gc
          class Node: pass
          node = Node()
          node.self, node.memory = node, memoryview(x)
          del node, x
          gc.freeze()
          """);
      target.close(Duration.ofSeconds(60));
      source.close(Duration.ofSeconds(60));
      assertThat(source.state()).isEqualTo(InterpreterState.CLOSED);
    }
  }

  @Test
  void ownModule_strangeArguments_raise() {
    try (Interpreter python = Python.start().newInterpreter("strange")) {
      python.exec(
          """
          import _ophion
          def refused(function, *args):
              try:
                  function(*args)
              except (TypeError, OverflowError, RuntimeError):
                  return
              raise AssertionError((function, args))
          for args in [(), (1,), ("x",), (1, 2), (2**70, "x"), (1, b"x")]:
              refused(_ophion.write, *args)
          refused(_ophion.extension_support, "not bytes")
          refused(_ophion.raise_in_thread, "x", None)
          exporter = type(memoryview(bytearray(1)))
          import sys
          del sys.modules["_ophion"]
          import _ophion as another
          refused(another.write, 1, "x")
          refused(another.threads)
          """);
    }
  }
}

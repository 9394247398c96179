package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.PackageNotLoadableException;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Interpreters that Python code makes itself, and looks into the threads of others. */
@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class NestedInterpretersTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("outer");
    python.exec("from concurrent import interpreters");
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void nested_runsCode() {
    python.exec(
        "i = interpreters.create()\ni.exec('import json; x = json.loads(\"[1]\")')\ni.close()");
    assertThat(python.eval("len(interpreters.list_all()) >= 1")).isEqualTo(true);
  }

  @Test
  void nested_hasTheSameGuards() {
    python.exec("i = interpreters.create()");
    for (String deadly :
        new String[] {
          "import _testsinglephase", "import os; os._exit(3)", "import os; os.abort()"
        }) {
      assertThatThrownBy(() -> python.call("i.exec", deadly))
          .as(deadly)
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("ExecutionFailed");
    }
    python.exec("i.close()");
  }

  @Test
  void nestedInNested_hasThemToo() {
    python.exec("i = interpreters.create()");
    assertThatThrownBy(
            () ->
                python.call(
                    "i.exec",
                    "from concurrent import interpreters as more\n"
                        + "more.create().exec('import _testsinglephase')"))
        .isInstanceOf(PythonException.class);
    python.exec("i.close()");
  }

  @Test
  void nested_findsNothingOfOurs_inItsMain() {
    python.exec("i = interpreters.create()");
    python.call("i.exec", "assert all(name.startswith('__') for name in globals()), globals()");
    python.exec("i.close()");
  }

  @Test
  void nested_interruptMain_raisesThere() {
    python.exec("i = interpreters.create()");
    assertThatThrownBy(() -> python.call("i.exec", "import _thread; _thread.interrupt_main()"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("has no main thread of its own");
    python.exec("i.close()\nfor _ in range(100_000): pass");
  }

  @Test
  void configurationEqualToIsolated_isAllowed() {
    python.exec(
        """
        import _interpreters
        ident = _interpreters.create(_interpreters.new_config('isolated'))
        _interpreters.exec(ident, 'x = 1')
        _interpreters.destroy(ident)
        """);
    assertThatThrownBy(
            () ->
                python.exec(
                    "_interpreters.create("
                        + "_interpreters.new_config('isolated', allow_daemon_threads=True))"))
        .hasMessageContaining("isolated");
  }

  @Test
  void legacyConfiguration_andTheMainInterpreter_areRefused() {
    assertThatThrownBy(() -> python.exec("import _interpreters; _interpreters.create('legacy')"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("isolated");
    assertThatThrownBy(() -> python.exec("import _interpreters; _interpreters.exec(0, 'x = 1')"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("main interpreter");
  }

  @Test
  void currentFrames_showOnlyTheInterpretersOwn_whileAnotherRuns() throws Exception {
    python.exec(
        """
        import sys
        def look(times):
            for _ in range(times):
                frames = sys._current_frames()
            return [f.f_code.co_name for f in frames.values()]
        """);
    try (Interpreter other = Python.start().newInterpreter("busy")) {
      other.exec("def busy(n):\n  return sum(len(str(i)) for i in range(n))");
      CompletableFuture<Long> running = other.async().call("busy", Long.class, 2_000_000);
      assertThat(python.call("look", 50_000)).isEqualTo(List.of("look"));
      assertThat(running.get(60, TimeUnit.SECONDS)).isPositive();
    }
  }

  @Test
  @Tag("subinterpreter")
  void builtinModuleWithoutSupport_isRefusedWithTheReason() {
    assertThatThrownBy(() -> python.importModule("faulthandler"))
        .isInstanceOf(PackageNotLoadableException.class)
        .hasMessageContaining("does not declare support for interpreters with their own GIL");
  }
}

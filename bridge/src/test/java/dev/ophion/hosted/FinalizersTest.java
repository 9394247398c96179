package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Output;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What finalizers find and may do at the end of an interpreter. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class FinalizersTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<String> lines = new CopyOnWriteArrayList<>();

  @TempDir Path folder;

  private Interpreter open() {
    return Python.start()
        .newInterpreter(
            InterpreterOptions.builder()
                .name("finalizers")
                .addPythonPath(folder)
                .stdout(Output.lines(lines::add))
                .stderr(Output.lines(lines::add))
                .build());
  }

  @Test
  void finalizersOfMain_findWhatMainImportedAndDefined() {
    try (Interpreter python = open()) {
      python.exec(
          """
          import os, json
          _private = 'private'
          class Last:
              def __init__(self, name): self.name = name
              def __del__(self):
                  print(self.name, os.sep, json.dumps([1]), _private, helper(), ZLAST)
          def helper(): return 'helper'
          first = Last('plain')
          cycle = Last('cycle')
          cycle.me = cycle
          def generator():
              try:
                  yield
              finally:
                  print('generator', os.sep, helper())
          running = generator()
          next(running)
          frozen = Last('frozen')
          import gc
          gc.freeze()
          ZLAST = 'zlast'
          """);
    }
    assertThat(lines)
        .containsExactlyInAnyOrder(
            "plain / [1] private helper zlast",
            "cycle / [1] private helper zlast",
            "frozen / [1] private helper zlast",
            "generator / helper");
  }

  @Test
  void weakrefFinalizersAndExitFunctions_findThemToo() {
    try (Interpreter python = open()) {
      python.exec(
          """
          import atexit, os, weakref
          class Thing: pass
          thing = Thing()
          weakref.finalize(thing, lambda: print('finalize', os.sep))
          @atexit.register
          def at_exit(): print('at exit', os.sep, 'thing' in globals())
          """);
    }
    assertThat(lines).containsExactlyInAnyOrder("finalize /", "at exit / True");
  }

  @Test
  void finalizersOfOtherModules_findTheirVariables() throws Exception {
    Files.writeString(
        folder.resolve("helpers.py"),
        """
        import os
        class Last:
            def __del__(self): print('module', os.sep)
        last = Last()
        """);
    try (Interpreter python = open()) {
      python.exec("import helpers");
    }
    assertThat(lines).containsExactly("module /");
  }

  /** The logging module keeps the handler, and with it the variables of __main__. */
  @Test
  void variablesThatSomethingElseKeeps_areEmptied() {
    try (Interpreter python = open()) {
      python.exec(
          """
          import logging, os
          class Keeper(logging.Handler):
              def emit(self, record): print(os)
          logging.getLogger().addHandler(Keeper())
          class Last:
              def __del__(self, print=print): print('last')
          last = Last()
          """);
    }
    assertThat(lines).containsExactly("last");
  }

  @Test
  void mainThatIsGoneOrReplaced_doesNotHoldUpTheEnd() {
    for (String source :
        new String[] {
          "import sys; del sys.modules['__main__']",
          "import sys; sys.modules['__main__'] = 5",
          "globals()[5] = 5; globals()['__builtins__'] = None",
        }) {
      Interpreter python = open();
      python.exec(source);
      python.close(LONG);
    }
    assertThat(lines).isEmpty();
  }

  /** The last lease ends when exit functions have run and no thread is left. */
  @Test
  void finalizerOfLentMemory_registeringAThread_isWaitedFor() {
    Interpreter python = open();
    python.exec(
        """
        import _thread, atexit, threading, time
        def work(say=print, sleep=time.sleep):
            sleep(0.2)
            say('worked\\n', end='')
        class Lent(bytearray):
            def __del__(self, at_exit=atexit.register, start=_thread.start_new_thread, work=work):
                at_exit(start, work, ())
        lent = Lent(1 << 20)
        """);
    Payload payload = python.dump("memoryview(lent)");
    assertThatThrownBy(() -> python.close(Duration.ofMillis(500)))
        .isInstanceOf(CloseTimeoutException.class);
    payload.close();
    python.close(LONG);
    assertThat(lines).containsExactly("worked");
  }

  /** Importing threading for the first time, which registers more with CPython's own end. */
  @Test
  void finalizerOfLentMemory_registeringWithThreading_isWaitedFor() {
    Interpreter python = open();
    python.exec(
        """
        class Lent(bytearray):
            def __del__(self):
                import concurrent.futures
                executor = concurrent.futures.ThreadPoolExecutor(1)
                executor.submit(print, 'worked')
        lent = Lent(1 << 20)
        """);
    Payload payload = python.dump("memoryview(lent)");
    assertThatThrownBy(() -> python.close(Duration.ofMillis(500)))
        .isInstanceOf(CloseTimeoutException.class);
    payload.close();
    python.close(LONG);
    assertThat(lines).containsExactly("worked");
  }

  @Test
  void threadBegunByTheVeryLastFinalizer_isRefusedOrEnds() {
    try (Interpreter python = open()) {
      python.exec(
          """
          import sys, _thread, time
          class Last:
              def __del__(self, start=_thread.start_new_thread, sleep=time.sleep):
                  start(sleep, (0.1,))
          sys.last = Last()
          sys.stdout.last = Last()
          """);
    }
    try (Interpreter again = open()) {
      assertThat(again.eval("1 + 1")).isEqualTo(2L);
    }
  }
}

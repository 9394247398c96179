package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeftovers.class)
final class OutputTest {

  private static Interpreter open(Output stdout, Output stderr) {
    return Python.start()
        .newInterpreter(
            InterpreterOptions.builder().name("output").stdout(stdout).stderr(stderr).build());
  }

  @Test
  void lines_arriveWhole_andTheLastOneAtTheClose() {
    List<String> out = new CopyOnWriteArrayList<>();
    List<String> err = new CopyOnWriteArrayList<>();
    try (Interpreter python = open(Output.lines(out::add), Output.lines(err::add))) {
      python.exec(
          "import sys\nprint('one\\ntwo', end='')\nprint(' and more')\nprint('\u00e9\u4e16\ud83d\ude00')");
      python.exec("print('oops', file=sys.stderr)\nsys.stdout.write('unfinished')");
      assertThat(out).containsExactly("one", "two and more", "\u00e9\u4e16\ud83d\ude00");
      assertThat(err).containsExactly("oops");
    }
    assertThat(out).last().isEqualTo("unfinished");
  }

  /** By then its variables and all handles have been dropped. */
  @Test
  void consumer_thatCallsBackWhenTheLastLineComes_isToldOfTheEnd() {
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    AtomicReference<Runnable[]> calls = new AtomicReference<>(new Runnable[0]);
    Output callingBack =
        Output.lines(
            line -> {
              for (Runnable call : calls.get()) {
                failures.add(catchThrowable(call::run));
              }
            });
    Interpreter python = open(callingBack, Output.inherit());
    PythonObject handle = python.importModule("sys");
    calls.set(
        new Runnable[] {
          () -> python.eval("1"),
          () -> python.exec("x = 1"),
          () -> python.set("x", 1),
          () -> handle.getAttribute("path"),
          () -> python.withOutput(Output.lines(line -> {}), Output.inherit()).eval("1")
        });
    python.exec("import sys\nsys.stdout.write('unfinished')");
    python.close();
    handle.close();
    assertThat(failures)
        .hasSize(5)
        .allSatisfy(
            failure ->
                assertThat(failure)
                    .isInstanceOf(InterpreterClosedException.class)
                    .hasMessageContaining("'output' is closing"));
  }

  @Test
  void buffer_takesBytesThatJoinTheText() {
    List<String> out = new CopyOnWriteArrayList<>();
    try (Interpreter python = open(Output.lines(out::add), Output.inherit())) {
      python.exec(
          "import sys\nprint('a', end='')\nsys.stdout.buffer.write(b'\\xc3')\n"
              + "sys.stdout.buffer.write(b'\\xa9\\n')\nsys.stdout.flush()");
      assertThat(out).containsExactly("a\u00e9");
    }
  }

  @Test
  void appendable_getsTextAsWritten() {
    StringBuilder text = new StringBuilder();
    try (Interpreter python = open(Output.appendTo(text), Output.inherit())) {
      python.exec("print('a', 'b', end='')");
      assertThat(text).hasToString("a b");
    }
  }

  @Test
  void consumerThatThrows_raisesOsErrorInPython() {
    Output broken =
        Output.lines(
            line -> {
              throw new IllegalStateException("full");
            });
    try (Interpreter python = open(broken, Output.inherit())) {
      assertThatThrownBy(() -> python.exec("print('x')"))
          .isInstanceOfSatisfying(
              PythonException.class, e -> assertThat(e.typeName()).isEqualTo("OSError"))
          .hasMessageContaining("full");
      assertThat(python.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @Test
  void consumer_callingTheInterpreter_runsNested() {
    AtomicReference<Interpreter> self = new AtomicReference<>();
    List<Object> seen = new CopyOnWriteArrayList<>();
    Output nested = Output.lines(line -> seen.add(self.get().eval(line)));
    try (Interpreter python = open(nested, Output.inherit())) {
      self.set(python);
      python.exec("x = 20\nprint('x + 1')\nprint('x + 2')");
      assertThat(seen).containsExactly(21L, 22L);
    }
  }

  @Test
  void pythonThread_printsToo() {
    List<String> out = new CopyOnWriteArrayList<>();
    try (Interpreter python = open(Output.lines(out::add), Output.inherit())) {
      python.exec(
          "import threading\nt = threading.Thread(target=print, args=('from a thread',))\n"
              + "t.start()\nt.join()");
      assertThat(out).containsExactly("from a thread");
    }
  }

  @Test
  void startCode_runsFirst_andItsFailureFailsTheStart() {
    InterpreterOptions good = InterpreterOptions.builder().name("good").startCode("x = 5").build();
    try (Interpreter python = Python.start().newInterpreter(good)) {
      assertThat(python.get("x")).isEqualTo(5L);
    }
    InterpreterOptions bad =
        InterpreterOptions.builder().name("bad").startCode("raise ValueError('no')").build();
    assertThatThrownBy(() -> Python.start().newInterpreter(bad))
        .isInstanceOf(dev.ophion.StartException.class)
        .hasMessageContaining("'bad'")
        .hasRootCauseInstanceOf(PythonException.class);
  }
}

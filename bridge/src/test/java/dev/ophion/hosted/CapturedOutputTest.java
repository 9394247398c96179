package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Access;
import dev.ophion.AsyncInterpreter;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Namespace;
import dev.ophion.Output;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.waiting.Deadline;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class CapturedOutputTest {

  private final List<String> own = new CopyOnWriteArrayList<>();
  private final List<String> ownErrors = new CopyOnWriteArrayList<>();
  private Interpreter python;

  @BeforeEach
  void open() {
    python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder()
                    .name("captured")
                    .stdout(Output.lines(own::add))
                    .stderr(Output.lines(ownErrors::add))
                    .build());
    python.exec(
        """
        import sys, threading
        def say(text, result=None):
            print(text)
            print('error', text, file=sys.stderr)
            return result
        """);
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void output_ofOneCall_goesToItsOwnReceiver() {
    StringBuilder out = new StringBuilder();
    List<String> err = new ArrayList<>();
    Namespace captured = python.withOutput(Output.appendTo(out), Output.lines(err::add));
    assertThat(captured.call("say", Long.class, "one", 17)).isEqualTo(17L);
    assertThat(out).hasToString("one\n");
    assertThat(err).containsExactly("error one");
    python.call("say", "two");
    assertThat(own).containsExactly("two");
    assertThat(ownErrors).containsExactly("error two");
    captured.exec("print('three', end='')");
    assertThat(out).hasToString("one\nthree");
    python.exec("print('four')");
    assertThat(own).containsExactly("two", "four");
  }

  @Test
  void everyCall_isCaptured() {
    List<String> out = new ArrayList<>();
    Namespace captured = python.withOutput(Output.lines(out::add), Output.inherit());
    captured.eval("print('eval')");
    captured.eval("print('named')", "file.py", Object.class);
    captured.exec("print('exec')", "file.py");
    python.exec(
        """
        class Loud:
            def __del__(self): print('deleted')
        x = Loud()
        """);
    captured.set("x", 1);
    assertThat(captured.get("x")).isEqualTo(1L);
    try (PythonObject module = captured.importModule("this")) {
      assertThat(module.typeName()).isEqualTo("module");
    }
    assertThat(out)
        .startsWith("eval", "named", "exec", "deleted", "The Zen of Python, by Tim Peters");
    assertThat(own).isEmpty();
  }

  @Test
  void unfinishedLine_isGivenWhenTheCallEnds_alsoIfItFails() {
    List<String> out = new ArrayList<>();
    Namespace captured = python.withOutput(Output.lines(out::add), Output.inherit());
    captured.exec("print('begun', end='')");
    assertThat(out).containsExactly("begun");
    assertThatThrownBy(() -> captured.exec("print('before', end='')\n1 / 0"))
        .isInstanceOf(PythonException.class);
    assertThat(out).containsExactly("begun", "before");
    assertThatThrownBy(() -> captured.exec("raise SystemExit")).isInstanceOf(PythonException.class);
    captured.exec("print('after')");
    assertThat(out).containsExactly("begun", "before", "after");
    assertThat(own).isEmpty();
  }

  @Test
  void streamThatInherits_staysWhereItIs() {
    List<String> err = new ArrayList<>();
    python.withOutput(Output.inherit(), Output.lines(err::add)).call("say", "x");
    assertThat(own).containsExactly("x");
    assertThat(err).containsExactly("error x");
    python.withOutput(Output.inherit(), Output.inherit()).call("say", "y");
    assertThat(own).containsExactly("x", "y");
  }

  @Test
  void interpreterThatInherits_canBeCapturedToo() {
    InterpreterOptions options = InterpreterOptions.builder().name("inherits").build();
    try (Interpreter other = Python.start().newInterpreter(options)) {
      other.exec("import sys\nmine = sys.stdout");
      StringBuilder out = new StringBuilder();
      other
          .withOutput(Output.appendTo(out), Output.inherit())
          .exec("print('in')\nkept = sys.stdout\nassert kept.fileno() == 1");
      assertThat(out).hasToString("in\n");
      other.exec("assert sys.stdout is mine\nkept.write('')\nkept.flush()");
      other.withOutput(Output.appendTo(out), Output.inherit()).exec("print('twice')");
      assertThat(out).hasToString("in\ntwice\n");
    }
  }

  @Test
  void async_hasAllTheOutputBeforeItsFutureCompletes() throws Exception {
    for (int i = 0; i < 100; i++) {
      List<String> out = new CopyOnWriteArrayList<>();
      String text = "call " + i;
      AsyncInterpreter captured =
          python.async().withOutput(Output.lines(out::add), Output.inherit());
      CompletableFuture<?> first = captured.exec("print('" + text + "', end='')");
      CompletableFuture<?> second = python.async().exec("print('own')");
      first.get();
      assertThat(out).containsExactly(text);
      second.get();
    }
    assertThat(own).hasSize(100).containsOnly("own");
    StringBuilder out = new StringBuilder();
    AsyncInterpreter captured = python.async().withOutput(Output.appendTo(out), Output.inherit());
    assertThatThrownBy(() -> captured.exec("print('x')\n1 / 0").get())
        .isInstanceOf(ExecutionException.class);
    try (Payload payload =
        captured.dump("print('dumped') or bytearray(1000)", Access.READ_ONLY).get()) {
      assertThat(payload.outOfBandBytes()).isZero();
    }
    assertThat(out).hasToString("x\ndumped\n");
  }

  @Test
  void threads_printWhereTheInterpreterDoes_andContextsAreFollowed() {
    StringBuilder out = new StringBuilder();
    python
        .withOutput(Output.appendTo(out), Output.inherit())
        .exec(
            """
            import asyncio, contextvars
            thread = threading.Thread(target=print, args=('thread',))
            thread.start()
            thread.join()
            context = contextvars.copy_context()
            thread = threading.Thread(target=context.run, args=(print, 'context'))
            thread.start()
            thread.join()
            async def main():
                async def task(): print('task')
                await asyncio.gather(task(), asyncio.to_thread(print, 'to_thread'))
            asyncio.run(main())
            """);
    assertThat(own).containsExactly("thread");
    assertThat(out.toString().lines()).containsExactlyInAnyOrder("context", "task", "to_thread");
    python.exec("context.run(print, 'late')");
    assertThat(own).containsExactly("thread", "late");
  }

  @Test
  void nestedCalls_printThereToo_unlessTheyHaveAnOutputOfTheirOwn() {
    StringBuilder inner = new StringBuilder();
    List<String> outer = new ArrayList<>();
    Output calling =
        Output.lines(
            line -> {
              outer.add(line);
              if (line.equals("call")) {
                python.exec("print('nested')");
                python.withOutput(Output.appendTo(inner), Output.inherit()).exec("print('own')");
              }
            });
    python.withOutput(calling, Output.inherit()).exec("print('call')\nprint('end')");
    assertThat(outer).containsExactly("call", "nested", "end");
    assertThat(inner).hasToString("own\n");
    assertThat(own).isEmpty();
  }

  @Test
  void receiverThatThrows_raisesInPython_andTheNextCallIsFine() {
    Namespace broken =
        python.withOutput(
            Output.lines(
                line -> {
                  throw new IllegalStateException("full");
                }),
            Output.inherit());
    assertThatThrownBy(() -> broken.exec("print('x')")).hasMessageContaining("full");
    broken.exec("print('unfinished', end='')");
    python.exec("print('y')");
    assertThat(own).containsExactly("y");
  }

  @Test
  void callsOfManyThreads_eachGetTheirOwnOutput() throws Exception {
    List<CompletableFuture<String>> printed = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String text = "n" + i;
      printed.add(
          CompletableFuture.supplyAsync(
              () -> {
                StringBuilder out = new StringBuilder();
                python.withOutput(Output.appendTo(out), Output.inherit()).call("say", text);
                return out.toString();
              }));
    }
    for (int i = 0; i < printed.size(); i++) {
      assertThat(printed.get(i).get()).isEqualTo("n" + i + "\n");
    }
    assertThat(own).isEmpty();
  }

  @Test
  void cancelledAndRefusedCalls_leaveNothingBehind() {
    StringBuilder out = new StringBuilder();
    AsyncInterpreter captured = python.async().withOutput(Output.appendTo(out), Output.inherit());
    assertThatThrownBy(() -> captured.set("x", new Object()).get())
        .isInstanceOf(ExecutionException.class);
    CompletableFuture<?> busy = captured.exec("print('runs')");
    for (int i = 0; i < 100; i++) {
      captured.exec("pass").cancel(false);
    }
    busy.join();
    assertThat(out).hasToString("runs\n");
    python.exec("from _ophion_support import output\nassert not output._captures");
  }

  /** An argument fails like the JVM does when it is short of something. */
  private WeakReference<Consumer<String>> callThatEndsInAnError() {
    Consumer<String> receiver = new ArrayList<String>()::add;
    AsyncInterpreter captured = python.async().withOutput(Output.lines(receiver), Output.inherit());
    List<Object> failing =
        new AbstractList<>() {
          @Override
          public Object get(int index) {
            throw new OutOfMemoryError("as if there were no memory");
          }

          @Override
          public int size() {
            return 1;
          }
        };
    assertThatThrownBy(() -> captured.set("x", failing))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("as if there were no memory");
    return new WeakReference<>(receiver);
  }

  @Test
  void asyncCallThatEndsInAnError_letsGoOfItsReceiver() {
    WeakReference<Consumer<String>> receiver = callThatEndsInAnError();
    Deadline deadline = Deadline.in(Duration.ofSeconds(30));
    while (receiver.get() != null && deadline.remainingNanos() > 0) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(receiver.get()).isNull();
  }
}

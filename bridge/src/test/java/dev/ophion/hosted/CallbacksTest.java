package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.bridge.JvmRun;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** On which thread C may call a callback of ctypes, and where it runs then. */
@Tag("subinterpreter") // it makes both kinds itself
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class CallbacksTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The libraries of C that every image has alike make threads, and wait for them. */
  private static final String CODE =
      """
      import _interpreters, ctypes, threading, time

      own = _interpreters.get_current()[0]
      libc = ctypes.CDLL(None)
      kind = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
      libc.pthread_create.argtypes = [ctypes.c_void_p, ctypes.c_void_p, kind, ctypes.c_void_p]
      libc.pthread_join.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
      libc.pthread_detach.argtypes = [ctypes.c_void_p]

      def begin(callback, argument=None):
          thread = ctypes.c_void_p()
          assert libc.pthread_create(ctypes.byref(thread), None, callback, argument) == 0
          return thread

      def join(thread):
          result = ctypes.c_void_p()
          assert libc.pthread_join(thread, ctypes.byref(result)) == 0
          return result.value

      seen = []

      @kind
      def callback(argument):
          seen.append((_interpreters.get_current()[0], threading.get_ident()))
          return 7

      @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
      def give(number):
          seen.append(_interpreters.get_current()[0])
          return number + 1

      address = ctypes.cast(give, ctypes.c_void_p).value

      def call(kind, address):
          result = kind(ctypes.c_int, ctypes.c_int)(address)(41)
          assert _interpreters.get_current()[0] == own
          return result
      """;

  private static Interpreter open(String name, Isolation isolation) {
    Interpreter python =
        Python.start()
            .newInterpreter(InterpreterOptions.builder().name(name).isolation(isolation).build());
    python.exec(CODE);
    return python;
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void callback_onThreadOfC_runsInItsInterpreter(Isolation isolation) {
    try (Interpreter python = open("owner", isolation)) {
      assertThat(python.eval("[join(begin(callback)) for _ in range(3)]")).hasToString("[7, 7, 7]");
      assertThat(python.eval("{where for where, ident in seen} == {own}")).isEqualTo(true);
      assertThat(python.eval("threading.get_ident() not in {ident for where, ident in seen}"))
          .isEqualTo(true);
    }
  }

  /** Beside its interpreter's own code, and beside others'. */
  @ParameterizedTest
  @EnumSource(Isolation.class)
  void callbacks_onManyThreadsOfC_takeTurnsWithTheirInterpreter(Isolation isolation)
      throws Exception {
    try (Interpreter one = open("one", isolation);
        Interpreter other = open("other", isolation)) {
      String many =
          """
          kept = {}

          @kind
          def fill(number):
              for i in range(20_000): kept[i] = [number, i, {}]

          threads = [begin(fill, i) for i in range(4)]
          for i in range(100_000): kept[i] = (i, [])
          for thread in threads: join(thread)
          assert len(kept) == 100_000
          """;
      CompletableFuture<Void> beside = other.async().exec(many);
      one.exec(many);
      beside.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void callback_thatAnotherInterpreterCalls_runsInItsOwn(Isolation isolation) {
    try (Interpreter owner = open("owner", isolation);
        Interpreter caller = open("caller", isolation)) {
      caller.set("address", owner.eval("address"));
      for (String kind : new String[] {"CFUNCTYPE", "PYFUNCTYPE"}) {
        assertThat(caller.eval("call(ctypes." + kind + ", address)")).as(kind).isEqualTo(42L);
      }
      assertThat(owner.eval("seen == [own, own]")).isEqualTo(true);
      assertThat(caller.eval("seen == []")).isEqualTo(true);
    }
  }

  /** A thread of C would wait: see {@link KnockingTest}. */
  @ParameterizedTest
  @CsvSource({
    "SUBINTERPRETER, SUBINTERPRETER",
    "SUBINTERPRETER, IMAGE",
    "IMAGE, SUBINTERPRETER",
    "IMAGE, IMAGE"
  })
  void callback_ofInterpreterThatHasEnded_givesZero(Isolation owners, Isolation callers)
      throws Exception {
    try (Interpreter caller = open("caller", callers)) {
      try (Interpreter owner = open("owner", owners)) {
        caller.set("address", owner.eval("address"));
      }
      for (String kind : new String[] {"CFUNCTYPE", "PYFUNCTYPE"}) {
        assertThat(
                caller
                    .async()
                    .eval("call(ctypes." + kind + ", address)", Object.class)
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
            .as(kind)
            .isEqualTo(0L);
      }
    }
  }

  /** It runs on the carrier of the caller, which is attached to neither while Java runs. */
  @ParameterizedTest
  @EnumSource(Isolation.class)
  void callback_whoseOutputsConsumerCallsTheCaller_getsAnAnswer(Isolation isolation) {
    try (Interpreter caller = open("caller", isolation)) {
      List<Object> answers = new ArrayList<>();
      InterpreterOptions options =
          InterpreterOptions.builder()
              .name("owner")
              .isolation(isolation)
              .stdout(Output.lines(line -> answers.add(caller.eval("40 + " + line))))
              .build();
      try (Interpreter owner = Python.start().newInterpreter(options)) {
        owner.exec(CODE);
        owner.exec(
            """
            @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
            def show(number):
                print(2, flush=True)
                return number + 1
            """);
        caller.set("address", owner.eval("ctypes.cast(show, ctypes.c_void_p).value"));
        for (String kind : new String[] {"CFUNCTYPE", "PYFUNCTYPE"}) {
          assertThat(caller.eval("call(ctypes." + kind + ", address)")).as(kind).isEqualTo(42L);
        }
      }
      assertThat(answers).containsExactly(42L, 42L);
      caller.exec("assert _interpreters.get_current()[0] == own");
    }
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void callback_whileItsInterpreterCloses_isWaitedFor(Isolation isolation) {
    Interpreter python = open("owner", isolation);
    python.exec(
        """
        def pause(argument):
            for _ in range(100): time.sleep(0.001)

        pausing = kind(pause)
        for _ in range(3): libc.pthread_detach(begin(pausing))
        """);
    python.close(PATIENCE);
    assertThat(Python.start().interpreters()).doesNotContain(python);
  }

  /** CPython would end the process: it is not the last thread there. */
  @ParameterizedTest
  @EnumSource(Isolation.class)
  void callback_whileNestedInterpreterEnds_isWaitedFor(Isolation isolation) {
    try (Interpreter outer = open("outer", isolation)) {
      outer.set(
          "code",
          CODE
              + """
              @kind
              def pause(argument):
                  assert _interpreters.get_current()[0] == own
                  for _ in range(100): time.sleep(0.001)

              for _ in range(3): libc.pthread_detach(begin(pause))
              """);
      outer.exec(
          """
          from concurrent import interpreters
          nested = interpreters.create()
          nested.exec(code)
          nested.close()
          """);
    }
  }

  /** In another JVM: what such a thread has in its interpreter stays there, as in plain Python. */
  @ParameterizedTest
  @EnumSource(Isolation.class)
  void callback_inWhichItsThreadOfCExits_endsThatAlone(Isolation isolation) throws Exception {
    JvmRun.Outcome outcome = new JvmRun().run(LeavingJvm.class, isolation.name());
    assertThat(outcome.output()).contains("fine");
    assertThat(outcome.status()).as(outcome.output()).isZero();
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Access;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of one interpreter that others use, in all shapes in which they can depend on it. */
@Tag("subinterpreter") // it makes both kinds itself
@ExtendWith(NoLeftovers.class)
@Timeout(180)
final class FanOutTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int READERS = 64;

  private static Interpreter interpreter(String name, Isolation isolation) {
    return Python.start()
        .newInterpreter(InterpreterOptions.builder().name(name).isolation(isolation).build());
  }

  private static void load(Interpreter from, String expression, Interpreter to, String name) {
    try (Payload payload = from.dump(expression, Access.WRITABLE)) {
      to.load(name, payload);
    }
  }

  @Test
  void payload_loadedByManyReaders_isOneMemory() {
    List<Interpreter> readers = new ArrayList<>();
    Interpreter sender = interpreter("sender", Isolation.SUBINTERPRETER);
    try {
      sender.exec("import array; x = array.array('q', range(1_000_000))");
      try (Payload payload = sender.dump("x", Access.WRITABLE)) {
        for (int i = 0; i < READERS; i++) {
          Interpreter reader = interpreter("reader-" + i, Isolation.SUBINTERPRETER);
          readers.add(reader);
          reader.load("x", payload);
        }
        for (int i = 0; i < READERS; i++) {
          readers.get(i).exec("x[%d] = -1".formatted(i));
        }
        assertThat(sender.eval("sum(x[:64])")).isEqualTo(-64L);
        assertThat(payload.buffers().get(0).asByteBuffer().getLong(63 * 8)).isEqualTo(-1);
      }
      sender.close();
      assertThat(sender.state()).isEqualTo(InterpreterState.CLOSING);
      for (Interpreter reader : readers) {
        assertThat(reader.eval("sum(x[:64])")).isEqualTo(-64L);
      }
    } finally {
      readers.forEach(Interpreter::close);
      sender.close();
    }
    sender.close(PATIENCE);
  }

  @ParameterizedTest
  @EnumSource
  void chain_whoseFirstClosesFirst_isReadToItsEnd(Isolation isolation) {
    Interpreter a = interpreter("a", isolation);
    Interpreter b = interpreter("b", isolation);
    try (Interpreter c = interpreter("c", isolation)) {
      a.exec("import array; x = array.array('q', [1, 2, 3])");
      try (NdArray array = (NdArray) a.get("x")) {
        b.set("x", array);
      }
      load(b, "x", c, "x");
      a.close();
      b.close();
      c.exec("x[0] = 7");
      assertThat(c.eval("list(x)")).isEqualTo(List.of(7L, 2L, 3L));
      assertThat(a.state()).isEqualTo(InterpreterState.CLOSING);
      c.exec("del x");
      b.close(PATIENCE);
      a.close(PATIENCE);
    }
  }

  /** Where each of two interpreters keeps the memory of the other. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = %s",
        "import sys, types; m = types.ModuleType('holder'); sys.modules['holder'] = m; m.x = %s",
        "import sys, types; m = types.ModuleType('a.b'); sys.modules['a.b'] = m;"
            + " m.C = type('C', (), {'x': %s}); m.C.itself = m.C",
        "import sys, types, functools; m = types.ModuleType('cached'); sys.modules['cached'] = m;"
            + " m.f = functools.lru_cache(lambda v: v); m.f(memoryview(%s).toreadonly())"
      })
  void cycle_ofTwoThatClose_ends(String keep) {
    for (Isolation isolation : Isolation.values()) {
      Interpreter a = interpreter("a", isolation);
      Interpreter b = interpreter("b", isolation);
      a.exec("import array; mine = array.array('b', [1])");
      b.exec("import array; mine = array.array('b', [2])");
      load(a, "mine", b, "theirs");
      load(b, "mine", a, "theirs");
      for (Interpreter each : List.of(a, b)) {
        each.exec(keep.formatted("theirs"));
        each.exec("del theirs");
      }
      a.close();
      assertThat(a.state()).isEqualTo(InterpreterState.CLOSING);
      b.close();
      a.close(PATIENCE);
      b.close(PATIENCE);
    }
  }

  @Test
  void view_exportedAgain_keepsItsOrigin() {
    Interpreter a = interpreter("a", Isolation.SUBINTERPRETER);
    try (Interpreter b = interpreter("b", Isolation.SUBINTERPRETER);
        Interpreter c = interpreter("c", Isolation.SUBINTERPRETER)) {
      a.exec("x = bytearray(range(100))");
      load(a, "memoryview(x)", b, "x");
      b.exec("y = x[10:90:2]; z = x[:64].cast('q')");
      load(b, "[y, z]", c, "yz");
      b.exec("del x, y, z");
      a.exec("x[12] = 200");
      a.close();
      assertThat(c.eval("yz[0][1], yz[0].shape == (40,), yz[1].format"))
          .isEqualTo(List.of(200L, true, "q"));
      assertThat(a.state()).isEqualTo(InterpreterState.CLOSING);
      c.exec("del yz");
      a.close(PATIENCE);
    }
  }
}

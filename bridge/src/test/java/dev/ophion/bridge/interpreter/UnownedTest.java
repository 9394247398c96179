package dev.ophion.bridge.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.InterpreterOptions;
import dev.ophion.PythonObject;
import dev.ophion.bridge.call.Requests;
import dev.ophion.bridge.engine.Unowned;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("subinterpreter")
final class UnownedTest {

  private HostedInterpreter python;
  private long before;

  @BeforeEach
  void open() {
    NoLeftovers.awaitNoInterpreter();
    before = Unowned.handles();
    python =
        TestInterpreters.open(
            InterpreterOptions.builder().name("unowned").build(), Duration.ofSeconds(30));
  }

  @Test
  void handles_closedAndKept_areOwned() {
    python.importModule("sys").close();
    PythonObject kept = python.importModule("gc");
    python.close();
    assertThat(Unowned.handles()).isEqualTo(before);
    kept.close();
  }

  @Test
  void handle_thatNobodyTakes_isCountedAtTheEnd() {
    // Its exchange is never closed.
    python.dispatch().carryOut(python.requests().eval("object()", Requests.UNNAMED));
    python.close();
    assertThat(Unowned.handles()).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"builtins:object", "builtins:bytearray"})
  void ownCall_thatGivesAnObject_keepsNothing(String function) {
    long pins = Unowned.pins();
    python.exec("import builtins; builtins.bytearray = lambda: memoryview(b'abc')");
    assertThatThrownBy(() -> python.visit(function)).hasMessageContaining("instead of a plain");
    python.close();
    assertThat(Unowned.handles()).isEqualTo(before);
    assertThat(Unowned.pins()).isEqualTo(pins);
  }
}

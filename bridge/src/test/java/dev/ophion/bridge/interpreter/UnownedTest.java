package dev.ophion.bridge.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.InterpreterOptions;
import dev.ophion.PythonObject;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("subinterpreter")
final class UnownedTest {

  private HostedInterpreter python;
  private long before;

  @BeforeEach
  void open() {
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
    assertThatThrownBy(() -> python.visit("builtins:object")).hasMessageContaining("object");
    python.close();
    assertThat(Unowned.handles()).isEqualTo(before + 1);
  }
}

package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.NotTransferableException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small arrays of NumPy as the Java arrays that a caller asks for. */
@Tag("packages")
@Timeout(300)
@ExtendWith(NoLeftovers.class)
final class NumpyElementsTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python =
        PackageRuntime.open(
            "elements",
            Isolation.IMAGE,
            """
            import ctypes
            import numpy as np
            table = np.arange(6.0).reshape(2, 3)

            class Both(ctypes.Union):
                _fields_ = [("number", ctypes.c_int64), ("pointer", ctypes.c_void_p),
                            ("text", ctypes.c_char_p)]
            """);
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void arrays_comeInTheOrderOfTheirElements() {
    assertThat(python.eval("table", double[].class)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(python.eval("table.T", double[].class)).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(python.eval("table[:, ::-1]", double[].class)).containsExactly(2, 1, 0, 5, 4, 3);
    assertThat(python.eval("np.array(7.0)", double[].class)).containsExactly(7);
    assertThat(python.eval("np.zeros((0, 3))", double[].class)).isEmpty();
    assertThat(python.eval("np.arange(3, dtype='>i4')", int[].class)).containsExactly(0, 1, 2);
    assertThat(python.eval("np.arange(3, dtype='i2')", short[].class)).containsExactly(0, 1, 2);
    assertThat(python.eval("np.arange(3, dtype='u8')", long[].class)).containsExactly(0, 1, 2);
    assertThat(python.eval("np.arange(3, dtype='f4')", float[].class)).containsExactly(0, 1, 2);
    assertThat(python.eval("np.arange(10**5)", long[].class)).hasSize(100_000).endsWith(99_999);
  }

  @Test
  void dates_comeAsTheirNumbers() {
    assertThat(python.eval("np.array([5, 6], 'M8[s]')", long[].class)).containsExactly(5, 6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "np.ma.array([1.0, 2.0], mask=[True, False])",
        "np.array([1.0, None])",
        "np.array([1, 2])",
        "np.array([1 + 2j], 'c8')"
      })
  void whatIsNoArrayOfJustTheseNumbers_isRefused(String expression) {
    assertThatThrownBy(() -> python.eval(expression, double[].class))
        .isInstanceOf(NotTransferableException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "np.frombuffer((Both * 2)(), 'i8')",
        "np.frombuffer((Both * 2)(), 'f8').view('i8')",
        "np.ndarray(2, 'i8', memoryview((Both * 2)()))"
      })
  void memoryThatMayHoldPointers_isRefused(String expression) {
    assertThatThrownBy(() -> python.eval(expression, long[].class))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("pointers");
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.Keywords;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that say more than their base class, and names that Python reads differently. */
@ExtendWith(NoLeftovers.class)
final class OddValuesTest {

  @SuppressWarnings("UnicodeInCode") // it is what is tested
  record Micro(int µ) {}

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("odd");
    python.exec(
        """
        import datetime, pathlib

        def raising(*args): raise RuntimeError("no")

        class Fine(datetime.datetime):
            nanosecond = 7
        class Finer(datetime.datetime):
            nanosecond = 1000
        class Finest(datetime.datetime):
            nanosecond = property(raising)
        class OtherYear(datetime.datetime):
            year = 12_345
        class FineDelta(datetime.timedelta):
            nanoseconds = 999
        class OtherDelta(datetime.timedelta):
            days = 1.5
        """);
  }

  @AfterEach
  void close() {
    python.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Finer(2000, 1, 1)",
        "Finest(2000, 1, 1)",
        "OtherYear(2000, 1, 1)",
        "OtherDelta(1)"
      })
  void subclass_thatContradictsItsBase_isAHandle(String expression) {
    try (PythonObject handle = (PythonObject) python.eval(expression)) {
      assertThat(handle.typeName()).isNotEmpty();
    }
  }

  @Test
  void nanoseconds_ofSubclasses_areKept() {
    assertThat(python.eval("Fine(2000, 1, 1, microsecond=3)"))
        .isEqualTo(LocalDateTime.of(2000, 1, 1, 0, 0, 0, 3_007));
    assertThat(python.eval("FineDelta(0, 0, -1)")).isEqualTo(Duration.ofNanos(-1));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-27T20:00:00.123456789Z, 2026-11-27T20:00:00.123456Z",
    "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999999Z",
    "1969-12-31T23:59:59.000000001Z, 1969-12-31T23:59:59Z"
  })
  void instant_isTakenAtTheMicrosecondBefore(Instant instant, Instant taken) {
    python.set("t", instant);
    assertThat(python.get("t", Instant.class)).isEqualTo(taken);
    python.set("now", Instant.now());
  }

  @Test
  void path_thatJavaCannotHold_isRefused() {
    assertThatThrownBy(() -> python.eval("'a\\0b'", Path.class))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("Java cannot hold the path");
    assertThatThrownBy(() -> python.eval("pathlib.PurePosixPath.__new__", UUID.class))
        .isInstanceOf(NotTransferableException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x = 1\0; y", "x = 'é'\0", "é = 1\0", "'\0'"})
  void source_withANull_isASyntaxError(String source) {
    for (String each : List.of(source, "\"\"\"é\"\"\"\n" + source)) {
      assertThatThrownBy(() -> python.exec(each))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("null bytes");
    }
    assertThatThrownBy(() -> python.eval("'é'\0 + 1"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("null bytes");
  }

  @Test
  void names_areReadAsPythonsParserReadsThem() {
    python.set("µ", 3); // U+00B5, which is U+03BC to Python
    python.exec("µ += 1; assert 'μ' in globals()");
    assertThat(python.get("µ")).isEqualTo(4L);
    assertThat(python.eval("µ")).isEqualTo(4L);
    python.exec(
        """
        def ﬁnd(*, µ): return µ
        class Box:
            µ = 5
            @staticmethod
            def ﬁnd(): return 6
        """);
    assertThat(python.call("ﬁnd", Keywords.of("µ", 7))).isEqualTo(7L);
    assertThat(python.call("Box.ﬁnd")).isEqualTo(6L);
    try (PythonObject box = (PythonObject) python.eval("Box")) {
      assertThat(box.getAttribute("µ")).isEqualTo(5L);
      box.setAttribute("µ", 8);
      assertThat(python.eval("Box.µ")).isEqualTo(8L);
    }
    python.set("record", new Micro(9));
    assertThat(python.eval("record.µ")).isEqualTo(9L);
    assertThat(python.get("record", Micro.class)).isEqualTo(new Micro(9));
    python.exec("ª = bytearray(100)");
    python.take("ª").close();
    assertThat(python.eval("'a' in globals()")).isEqualTo(false);
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.PythonObject;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attributes of users' classes that are not what they should be. */
@ExtendWith(NoLeftovers.class)
final class EvilAttributesTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("odd");
    python.exec(
        """
        import dataclasses, datetime, decimal, enum, itertools, pathlib, uuid
        from dataclasses import dataclass

        def raising(*args): raise RuntimeError("no")

        @dataclass
        class Renamed: x: int
        Renamed.__dataclass_fields__["x"].name = None

        @dataclass
        class Emptied: x: int
        Emptied.__dataclass_fields__ = {"x": 5}

        @dataclass
        class Twice: x: int; y: int
        Twice.__dataclass_fields__["y"].name = "x"

        class RaisingFields(type):
            __dataclass_fields__ = property(raising)
        class Fieldless(metaclass=RaisingFields): pass

        class OddMeta(enum.EnumMeta):
            def __getattribute__(cls, name):
                return 5 if name in ("__qualname__", "__module__") else super().__getattribute__(name)
        class Odd(enum.Enum, metaclass=OddMeta): A = 1

        class Placeless(enum.Enum): A = 1
        Placeless.__module__ = 5

        class Nameless(enum.Enum): A = 1
        Nameless.A._name_ = 5

        class Unlisted(enum.EnumMeta):
            __members__ = property(raising)
        class Hidden(enum.Enum, metaclass=Unlisted): A = 1

        class LyingDecimal(decimal.Decimal):
            def __str__(self): return "1x"
        class LyingPath(pathlib.PosixPath):
            def __str__(self): return 5
        class LyingUuid(uuid.UUID):
            int = property(raising)
            def __init__(self): object.__setattr__(self, "is_safe", None)
        broken_path = pathlib.PosixPath("/x"); broken_path._str = 5
        negative = uuid.UUID(int=1); object.__setattr__(negative, "int", -1)
        textual = uuid.UUID(int=1); object.__setattr__(textual, "int", "1")

        class EndlessSet(set):
            def __iter__(self): return itertools.count()

        class Unpicklable:
            def __init__(self, failure): self.failure = failure
            def __reduce_ex__(self, protocol): raise self.failure
        class Mute(Exception):
            __str__ = raising
        noted = RuntimeError("noted"); noted.__notes__ = 5
        odd_notes = RuntimeError("odd"); odd_notes.__notes__ = [5, "fine"]
        """);
  }

  @AfterEach
  void close() {
    python.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Renamed(1)",
        "Emptied(1)",
        "Fieldless()",
        "Placeless.A",
        "Nameless.A",
        "Hidden.A",
        "broken_path",
        "negative",
        "textual",
        "LyingUuid()"
      })
  void instance_whoseClassGivesNoProperAttributes_isAHandle(String expression) {
    try (PythonObject handle = (PythonObject) python.eval(expression)) {
      assertThat(handle.typeName()).isNotEmpty();
    }
    Object nested = python.eval("{'k': [" + expression + "]}");
    ((PythonObject) ((List<?>) ((Map<?, ?>) nested).get("k")).get(0)).close();
  }

  @Test
  void dataclass_withTwoFieldsOfOneName_isRefused() {
    assertThatThrownBy(() -> python.eval("Twice(1, 2)"))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("Twice have the same name");
  }

  @Test
  void enumMember_whoseMetaclassLies_hasItsOwnPlace() {
    assertThat(python.eval("Odd.A")).asString().contains("__main__:Odd").contains("A");
  }

  @Test
  void subclass_thatLiesAboutItsText_isWhatItsClassSays() {
    assertThat(python.eval("LyingDecimal('1.50')")).isEqualTo(new BigDecimal("1.50"));
    assertThat(python.eval("LyingPath('/x')")).isEqualTo(Path.of("/x"));
    assertThat(python.eval("EndlessSet([1, 2])")).isEqualTo(Set.of(1L, 2L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Unpicklable(Mute())|its str() raised",
        "Unpicklable(noted)|noted",
        "Unpicklable(odd_notes)|odd"
      })
  void pickling_thatFailsOddly_isRefusedWithTheReason(String expression, String reason) {
    assertThatThrownBy(() -> python.dump(expression).close())
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining(reason);
  }
}

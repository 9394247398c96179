package dev.ophion.bridge.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ophion.EnumMember;
import dev.ophion.Interpreter;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of the table one by one, and what is refused. */
final class PythonValuesTest {

  enum Color {
    RED,
    GREEN
  }

  record Point(int x, Optional<String> name) {}

  record Nothing() {}

  private static Python python;
  private static Interpreter interpreter;

  @BeforeAll
  static void start() {
    python = Python.start();
    interpreter = python.newInterpreter("rows");
    interpreter.exec(
        """
        import array, collections, dataclasses, datetime, decimal, enum, pathlib, uuid, zoneinfo

        class Color(enum.Enum):
            RED = 1
            BLUE = [2, "b"]

        class Level(enum.IntEnum):
            LOW = 1

        class Mode(enum.Flag):
            R = 1
            W = 2

        class MyInt(int): pass
        class MyStr(str): pass
        class MyList(list): pass
        class MyDict(dict): pass

        @dataclasses.dataclass
        class Point:
            x: int
            name: object
            kind: dataclasses.InitVar[int] = 0

        Pair = collections.namedtuple("Pair", "x name")

        class Stubborn(datetime.tzinfo):
            def __init__(self, **offset): self.offset = datetime.timedelta(**offset)
            def utcoffset(self, when): return self.offset
            def dst(self, when): return None
            def tzname(self, when): return "S"


        def lone(): return [{"rows": ["ok", "a\\ud800"]}]
        def cycle():
            x = [1]; x.append({"back": (x,)}); return x
        def deep(n):
            x = []
            for _ in range(n - 1): x = [x]
            return x
        def depth(x):
            n = 0
            while x: x = x[0]; n += 1
            return n + 1
        def same(x): return x
        def kind(x): return f"{type(x).__module__}.{type(x).__qualname__}"
        def text(x): return repr(x)
        """);
  }

  @AfterAll
  static void stop() {
    interpreter.close();
    python.close();
  }

  @Test
  void same_containers_haveTheirPythonTypes() {
    assertThat(interpreter.call("text", List.of(1, 2.5))).isEqualTo("[1, 2.5]");
    assertThat(interpreter.call("text", Tuple.of(1, null, "x"))).isEqualTo("(1, None, 'x')");
    assertThat(interpreter.call("text", Map.of(List.of(1, Set.of(2)), true)))
        .isEqualTo("{(1, frozenset({2})): True}");
    assertThat(interpreter.call("kind", Set.of(1))).isEqualTo("builtins.set");
    assertThat(interpreter.call("text", new boolean[] {true, false})).isEqualTo("[True, False]");
    assertThat(interpreter.call("text", new char[] {'a'})).isEqualTo("array('H', [97])");
    assertThat(interpreter.call("text", (Object) new String[] {"a"})).isEqualTo("['a']");
    assertThat(interpreter.call("text", Color.GREEN)).isEqualTo("'GREEN'");
    assertThat(interpreter.call("text", Optional.of(1))).isEqualTo("1");
    assertThat(interpreter.call("text", Optional.empty())).isEqualTo("None");
  }

  @Test
  void same_heapBuffers_areBytesOrBytearray() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3}).position(1);
    assertThat(interpreter.call("text", buffer)).isEqualTo("bytearray(b'\\x02\\x03')");
    assertThat(interpreter.call("text", buffer.asReadOnlyBuffer())).isEqualTo("b'\\x02\\x03'");
    assertThat(interpreter.call("same", buffer)).isEqualTo(buffer);
    assertThat(interpreter.call("same", buffer.asReadOnlyBuffer())).isEqualTo(new byte[] {2, 3});
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "MyInt(3); 3",
        "MyStr(4); 4",
        "MyList([1]); [1]",
        "MyDict(a=1); {a=1}",
        "Pair(1, 2); [1, 2]",
        "collections.OrderedDict(a=1); {a=1}",
        "collections.defaultdict(int, a=1); {a=1}",
        "collections.Counter('a'); {a=1}",
      })
  void eval_subclass_comesLikeItsBase(String expression, String text) {
    assertThat(interpreter.eval(expression)).hasToString(text);
  }

  @Test
  void eval_orderedDict_keepsItsOwnOrder() {
    interpreter.exec("od = collections.OrderedDict(a=1, b=2); od.move_to_end('a')");
    assertThat(required(interpreter.get("od", Map.class)).keySet().toArray())
        .containsExactly("b", "a");
  }

  @Test
  void eval_enumMember_comesBackAsTheVeryMember() {
    Object red = interpreter.eval("Color.BLUE");
    assertThat(red).isEqualTo(new EnumMember("__main__:Color", "BLUE", List.of(2L, "b")));
    interpreter.set("back", red);
    assertThat(interpreter.eval("back is Color.BLUE")).isEqualTo(true);
    assertThat(interpreter.eval("Level.LOW"))
        .isEqualTo(new EnumMember("__main__:Level", "LOW", 1L));
    assertThat(interpreter.eval("Color.RED", Color.class)).isEqualTo(Color.RED);
    assertThat(interpreter.eval("'GREEN'", Color.class)).isEqualTo(Color.GREEN);
    refused(() -> interpreter.eval("Color.BLUE", Color.class), "result", "no constant 'BLUE'");
    try (PythonObject both = (PythonObject) interpreter.eval("Mode.R | Mode.W")) {
      assertThat(required(both).typeName()).endsWith("Mode");
    }
    refused(
        () -> interpreter.call("same", new EnumMember("__main__:Color", "PINK", null)),
        "argument 0",
        "no member 'PINK'");
    refused(
        () -> interpreter.call("same", List.of(new EnumMember("__main__:Point", "x", null))),
        "argument 0[0]",
        "not a Python enum");
  }

  @Test
  void call_record_isAFrozenDataclass() {
    Point point = new Point(1, Optional.of("n"));
    assertThat(interpreter.call("text", point)).isEqualTo("Point(x=1, name='n')");
    assertThat(interpreter.call("same", Point.class, point)).isEqualTo(point);
    assertThat(interpreter.call("same", point)).isEqualTo(Map.of("x", 1L, "name", "n"));
    assertThat(interpreter.call("text", new Nothing())).isEqualTo("Nothing()");
    interpreter.set("pair", List.of(point, point));
    assertThat(interpreter.eval("pair[0] == pair[1] and type(pair[0]) is type(pair[1])"))
        .isEqualTo(true);
    assertThat(interpreter.eval("dataclasses.asdict(pair[0])"))
        .isEqualTo(Map.of("x", 1L, "name", "n"));
    assertThat(interpreter.eval("dataclasses.replace(pair[0], x=2) in {pair[0]: 1}"))
        .isEqualTo(false);
    assertThatExceptionOfType(PythonException.class)
        .isThrownBy(() -> interpreter.exec("pair[0].x = 2"))
        .withMessageContaining("cannot assign to field");
  }

  @Test
  void eval_dataclassAndNamedTuple_becomeARecord() {
    assertThat(interpreter.eval("Point(1, None)")).hasToString("{x=1, name=null}");
    assertThat(interpreter.eval("Point(1, 'n')", Point.class))
        .isEqualTo(new Point(1, Optional.of("n")));
    assertThat(interpreter.eval("Pair(1, None)", Point.class))
        .isEqualTo(new Point(1, Optional.empty()));
    refused(
        () -> interpreter.eval("{'x': 1, 'y': 2}", Point.class),
        "result",
        "missing [name], unknown [y]");
    refused(() -> interpreter.eval("Point('one', 1)", Point.class), "result.x", "fit int");
  }

  @Test
  void eval_datetimes_chooseTheClassByZone() {
    assertThat(interpreter.eval("datetime.datetime(2024, 1, 2, 3, 4, 5, 6)"))
        .isEqualTo(LocalDateTime.of(2024, 1, 2, 3, 4, 5, 6000));
    assertThat(interpreter.eval("datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)"))
        .isEqualTo(OffsetDateTime.of(2024, 1, 2, 0, 0, 0, 0, ZoneOffset.UTC));
    assertThat(interpreter.eval("datetime.time(1, 2, tzinfo=Stubborn(hours=-1))"))
        .isEqualTo(OffsetTime.of(1, 2, 0, 0, ZoneOffset.ofHours(-1)));
    assertThat(interpreter.eval("datetime.datetime(2024, 1, 2, tzinfo=Stubborn(hours=-1))"))
        .isEqualTo(OffsetDateTime.of(2024, 1, 2, 0, 0, 0, 0, ZoneOffset.ofHours(-1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void eval_foldInBerlin_isTheOtherOffset(int fold) {
    String call = "datetime.datetime(2024, 10, 27, 2, 30, fold=%d, tzinfo=zoneinfo.ZoneInfo(%s))";
    Object value = interpreter.eval(call.formatted(fold, "'Europe/Berlin'"));
    LocalDateTime local = LocalDateTime.of(2024, 10, 27, 2, 30);
    ZoneId zone = ZoneId.of("Europe/Berlin");
    assertThat(value)
        .isEqualTo(ZonedDateTime.ofStrict(local, ZoneOffset.ofHours(fold == 0 ? 2 : 1), zone));
    interpreter.set("back", value);
    assertThat(interpreter.eval("back.fold")).isEqualTo((long) fold);
  }

  @Test
  void eval_skippedLocalTime_keepsTheInstant() {
    Object value =
        interpreter.eval(
            "datetime.datetime(2024, 3, 31, 2, 30, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))");
    assertThat(value).isEqualTo(ZonedDateTime.parse("2024-03-31T03:30+02:00[Europe/Berlin]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "datetime.datetime(2024, 1, 2, tzinfo=Stubborn(microseconds=1))",
        "datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=19)))",
        "datetime.time(1, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))",
        "decimal.Decimal('NaN')",
        "decimal.Decimal('sNaN')",
        "decimal.Decimal('-Infinity')",
        "decimal.Decimal('-0.00')",
        "decimal.Decimal('1E+3000000000')",
        "pathlib.PureWindowsPath('a')",
        "object()",
        "Color",
        "(x for x in [])",
        "len",
      })
  void eval_noCounterpart_isAHandleToTheVeryObject(String expression) {
    interpreter.exec("original = " + expression);
    try (PythonObject handle = (PythonObject) interpreter.get("original")) {
      interpreter.set("back", handle);
      assertThat(interpreter.eval("back is original")).isEqualTo(true);
    }
  }

  @Test
  void same_pathsAndZones_goBothWays() {
    assertThat(interpreter.call("same", Path.of("/tmp/x"))).isEqualTo(Path.of("/tmp/x"));
    assertThat(interpreter.call("kind", Path.of("a"))).asString().endsWith("PosixPath");
    ZonedDateTime fixed = ZonedDateTime.of(2024, 1, 2, 3, 4, 5, 0, ZoneId.of("UTC+01:00"));
    assertThat(interpreter.call("same", fixed)).isEqualTo(fixed.toOffsetDateTime());
    refused(() -> interpreter.eval("pathlib.Path('/\\udc80')"), "result", "os.fsencode(path)");
  }

  @Test
  void call_zoneThatPythonLacks_isRefused() {
    ZonedDateTime value = ZonedDateTime.of(2024, 1, 2, 3, 4, 5, 0, ZoneId.of("SystemV/EST5"));
    refused(() -> interpreter.call("same", value), "argument 0", "no zone 'SystemV/EST5'");
  }

  @Test
  void eval_refusedResults_nameTheirPath() {
    refused(() -> interpreter.call("lone"), "result[0][\"rows\"][1]", "U+D800 at index 1");
    refused(() -> interpreter.call("cycle"), "result[1][\"back\"][0]", "holds itself");
    refused(() -> interpreter.eval("{('\\ud800',): 1}"), "result.keys()[0][0]", "U+D800");
    refused(() -> interpreter.eval("{'\\udfff'}"), "result{0}", "U+DFFF");
    refused(() -> interpreter.eval("Point(1, ['\\ud800'])"), "result.name[0]", "U+D800");
  }

  @Test
  void call_500Levels_passBothWaysAnd501AreRefused() {
    assertThat(interpreter.call("deep", 500)).isInstanceOf(List.class);
    refused(() -> interpreter.call("deep", 501), "result" + "[0]".repeat(500), "deeper than 500");
    Object value = List.of();
    for (int i = 1; i < 500; i++) {
      value = Arrays.asList(value);
    }
    assertThat(interpreter.call("depth", value)).isEqualTo(500L);
    assertThat(interpreter.call("same", value)).isEqualTo(value);
  }

  @Test
  void call_keysThatAreEqualInPython_areRefused() {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(1, "int");
    map.put(1.0, "float");
    refused(() -> interpreter.call("same", map), "argument 0", "equal in Python");
    Set<Object> set = new LinkedHashSet<>(List.of(true, 1));
    refused(() -> interpreter.call("same", List.of(set)), "argument 0[0]", "equal in Python");
  }

  @Test
  void eval_refusedHalfWay_givesItsHandlesBack() {
    interpreter.exec(
        """
        import weakref
        class Kept: pass
        def refused_half_way():
            global seen
            kept = Kept()
            seen = weakref.ref(kept)
            return [kept, array.array("d", [1.0]), "\\ud800"]
        """);
    refused(() -> interpreter.call("refused_half_way"), "result[2]", "U+D800");
    assertThat(interpreter.eval("seen() is None")).isEqualTo(true);
  }

  @Test
  void eval_containerThatChangesMeanwhile_isAnError() {
    interpreter.exec(
        """
        class Sneaky:
            def __get__(self, instance, owner):
                if instance is None: raise AttributeError
                instance.victim.clear()
                return 1
        @dataclasses.dataclass(init=False)
        class Clears:
            value: int
        Clears.value = Sneaky()
        def clearing(container):
            c = Clears(); c.victim = container
            return c
        def list_case():
            x = []; x += [clearing(x), 1, 2]; return x
        def dict_case():
            x = {}; x.update(a=clearing(x), b=1, c=2); return x
        """);
    refused(() -> interpreter.call("list_case"), "result", "changed its size");
    refused(() -> interpreter.call("dict_case"), "result", "changed its size");
  }

  @Test
  void call_listOfMixedNumbers_keepsEachType() {
    List<Object> list = new ArrayList<>(List.of(1.0, 2, 3L, new BigDecimal("4.0"), (byte) 5));
    assertThat(interpreter.call("text", list)).isEqualTo("[1.0, 2, 3, Decimal('4.0'), 5]");
    assertThat(interpreter.call("same", List.of(1.5f, 2.5))).isEqualTo(List.of(1.5, 2.5));
    assertThat(interpreter.eval("[1, 2**70, True]"))
        .isEqualTo(List.of(1L, BigInteger.TWO.pow(70), true));
  }

  private static <T> T required(@Nullable T value) {
    assertThat(value).isNotNull();
    return Objects.requireNonNull(value);
  }

  private static void refused(Runnable call, String path, String message) {
    assertThatExceptionOfType(NotTransferableException.class)
        .isThrownBy(call::run)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.path()).isEqualTo(path));
  }
}

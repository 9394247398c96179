package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.ArrayViews;
import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Tuple;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.transfer.ArraySamples;
import dev.ophion.bridge.transfer.TestArrays;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every type and layout between Java and NumPy. */
@Tag("packages")
@Timeout(300)
@ExtendWith(NoLeftovers.class)
final class NumpyTypesTest {

  private static final String CODE =
      """
      import numpy as np
      def seen(a):
        return (type(a).__name__, a.shape, a.strides, a.flags.writeable, a.tobytes(),
                a.__array_interface__['data'][0])
      """;

  private Interpreter python;

  @BeforeEach
  void open() {
    python = PackageRuntime.open("numpy", Isolation.IMAGE, CODE);
  }

  @AfterEach
  void close() {
    python.close();
  }

  private NdArray array(String expression) {
    return Objects.requireNonNull(python.eval(expression, NdArray.class));
  }

  @Test
  void everyTypeAndLayout_arrivesAsNdarrayAndComesBack() {
    long seed = 20;
    for (String format : ArraySamples.FORMATS) {
      for (boolean isBigEndian : new boolean[] {false, true}) {
        for (ArraySamples.Layout layout : ArraySamples.Layout.values()) {
          for (int rows : new int[] {0, 1, 5}) {
            DType type = ArraySamples.type(format, isBigEndian);
            try (NdArray array = ArraySamples.random(type, rows, seed++)) {
              check(ArraySamples.laidOut(array, layout), type + " " + layout + " " + rows);
            }
          }
        }
      }
    }
  }

  private void check(NdArray sent, String subject) {
    python.set("a", sent);
    Tuple seen = (Tuple) Objects.requireNonNull(python.eval("seen(a)"));
    assertThat(seen.get(0)).as(subject).isEqualTo("ndarray");
    assertThat(seen.get(1)).as(subject).isEqualTo(longs(sent.shape()));
    assertThat(seen.get(3)).as(subject).isEqualTo(!sent.isReadOnly());
    assertThat((byte[]) seen.get(4)).as(subject).isEqualTo(ArraySamples.bytes(sent));
    try (NdArray back = array("a")) {
      DType expected = sent.dtype().kind() == DType.Kind.CHAR ? DType.bytes(1) : sent.dtype();
      assertThat(back.dtype()).as(subject).isEqualTo(expected);
      assertThat(ArraySamples.bytes(back)).as(subject).isEqualTo(ArraySamples.bytes(sent));
      checkStrides((Tuple) Objects.requireNonNull(seen.get(2)), sent, subject);
      checkStrides(longs(back.strides()), sent, subject);
      if (sent.size() > 0 && sent.isContiguous()) {
        assertThat(seen.get(5)).as(subject).isEqualTo(sent.buffer().address());
        assertThat(back.buffer().address()).as(subject).isEqualTo(sent.buffer().address());
      }
      python.set("a", back);
      assertThat(python.eval("a.tobytes(), type(a).__name__"))
          .as(subject)
          .usingRecursiveComparison()
          .isEqualTo(Tuple.of(ArraySamples.bytes(sent), "ndarray"));
    }
    python.exec("del a");
  }

  /** NumPy writes what it likes for dimensions along which nothing is stepped. */
  private static void checkStrides(List<?> strides, NdArray sent, String subject) {
    for (int i = 0; sent.size() > 0 && i < sent.shape().length; i++) {
      if (sent.shape()[i] > 1) {
        assertThat(strides.get(i)).as(subject).isEqualTo(sent.strides()[i]);
      }
    }
  }

  private static List<Long> longs(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  @ParameterizedTest
  @CsvSource({
    "M8[ms], M8[ms]",
    ">M8[s], >M8[s]",
    "M8[25us], M8[25us]",
    "M8[D], M8[D]",
    "m8[ns], m8[ns]"
  })
  void datesOfNumpy_keepUnitAndOrder(String dtype, String format) {
    python.exec("a = np.arange(12).astype('%s').reshape(3, 4)[::-1, ::2]".formatted(dtype));
    try (NdArray array = array("a")) {
      assertThat(array.format()).isEqualTo(format.replace(">", ""));
      assertThat(array.dtype()).isEqualTo(DType.parse(format));
      assertThat(array.strides()).containsExactly(-32, 16);
      assertThat(array.toArray(long[].class)).containsExactly(8, 10, 4, 6, 0, 2);
      array.setLong(Long.MIN_VALUE, 0, 0);
    }
    assertThat(python.eval("bool(np.isnat(a[0, 0]))")).isEqualTo(true);
  }

  @Test
  void dates_areReadAndWrittenAsThoseOfJava() {
    python.exec("a = np.array(['2024-02-29T12:34:56.789', 'NaT'], 'M8[ms]')");
    try (NdArray array = array("a");
        NdArray spans = array("np.array([90, -1], 'm8[m]')")) {
      assertThat(array.getDateTime(0)).isEqualTo(LocalDateTime.parse("2024-02-29T12:34:56.789"));
      assertThat(array.get(1)).isNull();
      assertThat(spans.getDuration(0)).isEqualTo(Duration.ofMinutes(90));
      array.setDateTime(LocalDateTime.of(1969, 7, 20, 20, 17), 1);
    }
    assertThat(python.eval("str(a[1])")).isEqualTo("1969-07-20T20:17:00.000");
  }

  @Test
  void records_areReadByFieldsWithDatesAndSubarrays() {
    python.exec(
        """
        t = np.dtype([('id', '>i4'), ('when', 'M8[D]'), ('grid', 'f4', (2, 2)), ('name', 'U3')],
                     align=True)
        a = np.zeros(4, t)
        a['id'] = range(4); a['when'] = '2024-01-01'; a['name'] = 'xyz'; a['grid'][:, 1, 0] = 0.5
        """);
    try (NdArray array = array("a[::-1]")) {
      assertThat(array.field("id").toArray(int[].class)).containsExactly(3, 2, 1, 0);
      assertThat(array.field("when").getDateTime(2)).isEqualTo(LocalDateTime.of(2024, 1, 1, 0, 0));
      assertThat(array.field("grid").getFloat(1, 1, 0)).isEqualTo(0.5f);
      assertThat(array.field("name").getString(3)).isEqualTo("xyz");
      assertThat((Map<?, ?>) array.get(0)).hasSize(4);
      array.field("when").setDateTime(LocalDateTime.of(2020, 2, 2, 0, 0), 0);
      python.set("b", array);
    }
    assertThat(
            python.eval(
                "str(a[3]['when']), b.dtype == t, bool(b[0] == a[3]), np.shares_memory(a, b)"))
        .asString()
        .isEqualTo("[2020-02-02, true, true, true]");
    python.exec("del b");
  }

  @Test
  void alignedRecord_keepsTheGapAtItsEnd() {
    python.exec("a = np.zeros(3, np.dtype([('x', 'f8'), ('n', 'i1')], align=True)); a['n'][2] = 5");
    try (NdArray array = array("a")) {
      assertThat(array.format()).isEqualTo("T{<d:x:b:n:7x}");
      assertThat(array.field("n").getByte(2)).isEqualTo((byte) 5);
      python.set("b", array);
      python.set("n", array.field("n"));
    }
    assertThat(python.eval("b.dtype == a.dtype, n.tolist(), np.shares_memory(a, n)"))
        .isEqualTo(List.of(true, List.of(0L, 0L, 5L), true));
    python.exec("del b, n");
  }

  @Test
  void floats_ofAllSizesHaveNumpysValues() {
    python.exec(
        """
        bits = np.arange(65536, dtype='u2')
        half = bits.view('f2')
        values = half.astype('f4')
        back = np.zeros(65536, 'f2')
        """);
    try (NdArray half = array("half");
        NdArray values = array("values");
        NdArray back = array("back")) {
      float[] converted = half.toArray(float[].class);
      float[] expected = values.toArray(float[].class);
      assertThat(converted).isEqualTo(expected);
      for (int i = 0; i < 65536; i += 77) {
        assertThat(half.getFloat(i)).isEqualTo(Float.valueOf(expected[i]));
        assertThat(half.getDouble(i)).isEqualTo(Double.valueOf(expected[i]));
      }
      back.copyFrom(expected);
    }
    assertThat(
            python.eval(
                "bool(((back.view('u2') | (np.isnan(half) * 0x200)) == (bits | (np.isnan(half) * 0x200))).all())"))
        .isEqualTo(true);
  }

  @Test
  void roundingToFloat16_isThatOfNumpy() {
    python.exec(
        """
        random = np.random.default_rng(7)
        doubles = np.concatenate([random.normal(size=20000) * 10.0 ** random.integers(-9, 5, 20000),
                                  [65519.99, 2.0 ** -25, 2.0 ** -24 * 1.5, -0.0]])
        doubles = doubles[np.abs(doubles) < 65520]
        expected = doubles.astype('f2').view('u2')
        made = np.zeros(len(doubles), 'f2')
        """);
    try (NdArray doubles = array("doubles");
        NdArray made = array("made")) {
      for (long i = 0; i < doubles.size(); i++) {
        made.setDouble(doubles.getDouble(i), i);
      }
    }
    assertThat(python.eval("int((made.view('u2') != expected).sum())")).isEqualTo(0L);
  }

  @Test
  void longDouble_isOpaqueAndComesBackWhole() {
    try (NdArray array = array("np.array([1, 2], 'g')")) {
      assertThat(array.dtype()).isEqualTo(DType.opaque("g", 16));
      assertThat(array.getBytes(0)).hasSize(16);
      assertThatThrownBy(() -> array.getDouble(0)).isInstanceOf(IllegalStateException.class);
      python.set("wide", array);
    }
    assertThat(python.eval("float(wide.sum())")).isEqualTo(3.0);
    python.exec("del wide");
  }

  @ParameterizedTest
  @CsvSource({"d", "M8[s]"})
  void javasMemory_staysWhileNumpyReachesIt(String format) {
    try (NdArray array = TestArrays.of(DType.parse(format), 8)) {
      array.setLong(6, 6);
      python.set("a", array.slice(0, ArrayViews.NONE, ArrayViews.NONE, 2));
    }
    python.exec(
        "import gc\nb = np.asarray(memoryview(a.view('i8')))[1:].view(a.dtype).reshape(3, 1)\ndel a");
    assertThat(LeaseTable.openLeases(Lease.Kind.JAVA)).isEqualTo(1);
    assertThat(python.eval("b[2, 0].astype('i8').item()")).isEqualTo(6L);
    python.exec("del b; gc.collect()");
    assertThat(LeaseTable.openLeases(Lease.Kind.JAVA)).isZero();
  }

  @Test
  void readOnlyDates_areReadOnlyInNumpy() {
    try (NdArray array = TestArrays.of(DType.parse("M8[s]"), 2)) {
      python.set("a", array.broadcast(3, 2));
    }
    assertThatThrownBy(() -> python.exec("a[0, 0] = 1")).hasMessageContaining("read-only");
    python.exec("del a");
  }

  @Test
  void datesWithoutNumpy_keepTheirFormat() {
    try (Interpreter plain =
        PackageRuntime.open("plain", Isolation.SUBINTERPRETER, "import pickle")) {
      try (NdArray dates = array("np.array([1, 2], 'M8[s]')")) {
        plain.set("m", dates);
      }
      assertThat(plain.eval("m.format, pickle.PickleBuffer(m).raw().cast('q').tolist()"))
          .isEqualTo(List.of("M8[s]", List.of(1L, 2L)));
      try (NdArray back = Objects.requireNonNull(plain.get("m", NdArray.class))) {
        python.set("back", back);
      }
      assertThat(python.eval("str(back.dtype)")).isEqualTo("datetime64[s]");
      python.exec("del back");
      plain.exec("del m");
    }
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.Tuple;
import dev.ophion.bridge.transfer.ArraySamples;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Every type and layout goes to an interpreter without NumPy, back, and on to another one. */
final class ArrayRoundTripPropertyTest {

  // start() runs before every test.
  @SuppressWarnings("NullAway.Init")
  private static Python python;

  @SuppressWarnings("NullAway.Init")
  private static Interpreter first;

  @SuppressWarnings("NullAway.Init")
  private static Interpreter second;

  @BeforeContainer
  static void start() {
    python = Python.start();
    first = python.newInterpreter("first");
    second = python.newInterpreter("second");
    for (Interpreter interpreter : List.of(first, second)) {
      interpreter.exec(
          """
          def seen(m):
            return (type(m).__name__, m.itemsize, m.shape, m.strides, m.readonly, m.tobytes())
          """);
    }
  }

  @AfterContainer
  static void stop() {
    first.close();
    second.close();
    python.close();
  }

  @Provide
  Arbitrary<String> formats() {
    return Arbitraries.of(ArraySamples.FORMATS);
  }

  @Provide
  Arbitrary<Integer> rows() {
    return Arbitraries.of(0, 1, 3, 5, 4096);
  }

  @Property(tries = 400)
  void anyArray_sentThereAndBack_isTheSameMemory(
      @ForAll("formats") String format,
      @ForAll boolean isBigEndian,
      @ForAll ArraySamples.Layout layout,
      @ForAll("rows") int rows,
      @ForAll long seed) {
    try (NdArray array = ArraySamples.random(ArraySamples.type(format, isBigEndian), rows, seed)) {
      NdArray sent = ArraySamples.laidOut(array, layout);
      check(first, sent);
      first.set("m", sent);
      try (NdArray back = Objects.requireNonNull(first.get("m", NdArray.class))) {
        checkSame(back, sent);
        check(second, back);
        check(first, back);
        if (sent.size() > 0 && !sent.isReadOnly()) {
          long[] index = new long[sent.shape().length];
          byte[] changed = sent.getBytes(index);
          changed[0] ^= 1;
          back.setBytes(changed, index);
          assertThat(sent.getBytes(index)).isEqualTo(changed);
        }
      }
      first.exec("del m");
    }
  }

  /** Memory that Python owns, cut in Java and given back to its owner. */
  @Property(tries = 200)
  void anyViewOfPythonsOwnMemory_goesBackToItsOwner(
      @ForAll ArraySamples.Layout layout, @ForAll("rows") int rows) {
    first.set("own", new long[2 * rows]);
    first.exec(
        """
        for i in range(len(own)): own[i] = i
        view = memoryview(own)
        view = view.cast('B').cast('q', [len(own) // 2, 2]) if own else view
        """);
    try (NdArray array = Objects.requireNonNull(first.get("view", NdArray.class))) {
      NdArray shaped = array.reshape(rows, 2);
      NdArray sent = ArraySamples.laidOut(shaped, layout);
      check(first, sent);
      check(second, sent);
      first.set("m", sent);
      if (sent.size() > 0 && !sent.isReadOnly()) {
        first.exec("before = sum(own); m[(0,) * m.ndim] += 1000");
        assertThat(first.eval("sum(own) - before")).isEqualTo(1000L);
      }
      first.exec("del m");
    }
    first.exec("view.release(); own.append(1); del own, view");
  }

  private static void check(Interpreter interpreter, NdArray sent) {
    Tuple seen = (Tuple) Objects.requireNonNull(interpreter.call("seen", sent));
    assertThat(seen.subList(0, 2)).isEqualTo(List.of("memoryview", (long) sent.itemSizeBytes()));
    assertThat(seen.get(2)).isEqualTo(longs(sent.shape()));
    assertThat(seen.get(3)).isEqualTo(longs(sent.strides()));
    assertThat(seen.get(4)).isEqualTo(sent.isReadOnly());
    assertThat((byte[]) seen.get(5)).isEqualTo(ArraySamples.bytes(sent));
  }

  private static void checkSame(NdArray back, NdArray sent) {
    assertThat(back.dtype()).isEqualTo(sent.dtype());
    assertThat(back.shape()).isEqualTo(sent.shape());
    assertThat(back.strides()).isEqualTo(sent.strides());
    assertThat(back.isReadOnly()).isEqualTo(sent.isReadOnly());
    assertThat(ArraySamples.bytes(back)).isEqualTo(ArraySamples.bytes(sent));
    if (sent.isContiguous() && sent.size() > 0) {
      assertThat(back.buffer().address()).isEqualTo(sent.buffer().address());
    }
  }

  private static List<Long> longs(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}

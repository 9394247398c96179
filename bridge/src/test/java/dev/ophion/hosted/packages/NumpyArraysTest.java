package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Access;
import dev.ophion.Complex;
import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Arrays between Java and NumPy, over the same memory. */
@Tag("packages")
@Timeout(300)
@ExtendWith(NoLeftovers.class)
final class NumpyArraysTest {

  private static final String ADDRESS = "def address(a): return a.__array_interface__['data'][0]\n";

  private static Interpreter open(String name) {
    return PackageRuntime.open(name, Isolation.IMAGE, ADDRESS);
  }

  private static ByteBuffer memory(int sizeBytes) {
    return ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.nativeOrder());
  }

  static Stream<Arguments> buffers() {
    return Stream.of(
        Arguments.of(memory(16), "uint8", 16),
        Arguments.of(memory(16).asShortBuffer(), "int16", 8),
        Arguments.of(memory(16).asCharBuffer(), "uint16", 8),
        Arguments.of(memory(16).asIntBuffer(), "int32", 4),
        Arguments.of(memory(16).asLongBuffer(), "int64", 2),
        Arguments.of(memory(16).asFloatBuffer(), "float32", 4),
        Arguments.of(memory(16).asDoubleBuffer(), "float64", 2),
        Arguments.of(
            ByteBuffer.allocateDirect(16).order(ByteOrder.BIG_ENDIAN).asDoubleBuffer(), ">f8", 2));
  }

  @ParameterizedTest
  @MethodSource("buffers")
  void directBuffer_arrivesAsNdarrayOfItsType(Buffer buffer, String dtype, int size) {
    try (Interpreter python = open("typed")) {
      python.exec(
          "def look(a): return (type(a).__name__, str(a.dtype), a.shape, a.flags.writeable)");
      assertThat(python.call("look", buffer))
          .isEqualTo(List.of("ndarray", dtype, List.of((long) size), true));
      assertThat(python.call("look", buffer.slice()))
          .isEqualTo(List.of("ndarray", dtype, List.of((long) size), true));
    }
  }

  @Test
  void readOnlyBuffer_isReadOnlyInPythonToo() {
    try (Interpreter python = open("read-only")) {
      python.exec("def write(a): a[0] = 1");
      assertThatThrownBy(() -> python.call("write", memory(8).asReadOnlyBuffer()))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("read-only");
    }
  }

  @Test
  void writes_onEitherSide_areSeenOnTheOther() {
    DoubleBuffer values = memory(80).asDoubleBuffer();
    try (Interpreter python = open("writes")) {
      python.exec("def keep(a):\n  global kept\n  kept = a");
      python.call("keep", values);
      values.put(3, 2.5);
      assertThat(python.eval("float(kept[3])")).isEqualTo(2.5);
      python.exec("kept[4] = 7.5");
      assertThat(values.get(4)).isEqualTo(7.5);
      python.exec("view = kept[::2].reshape(-1, 1); del kept");
      values.put(8, -1.0);
      assertThat(python.eval("float(view[4, 0])")).isEqualTo(-1.0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "np.arange(6, dtype='i4').reshape(2, 3); i; 2,3; 12,4",
        "np.arange(6, dtype='f8').reshape(2, 3).T; d; 3,2; 8,24",
        "np.arange(10, dtype='u2')[::-2]; H; 5; -4",
        "np.asfortranarray(np.ones((2, 3), 'f4')); f; 2,3; 4,8",
        "np.broadcast_to(np.float64(1), (4,)); d; 4; 0",
        "np.zeros((0, 3), 'i8'); l; 0,3; 24,8",
        "np.array(5, 'i2'); h; ''; ''",
        "np.ones(3, '>f4'); f; 3; 4",
        "np.ones(3, 'f2'); e; 3; 2",
        "np.ones(3, 'c16'); Zd; 3; 16",
        "np.ones(3, '?'); ?; 3; 1",
      })
  void ndarray_returned_keepsTypeShapeAndStridesOverTheSameMemory(
      String expression, String format, String shape, String strides) {
    try (Interpreter python = open("returned")) {
      python.exec("import numpy as np\na = " + expression);
      try (NdArray array = python.eval("a", NdArray.class)) {
        assertThat(array.format()).isEqualTo(format);
        assertThat(array.order())
            .isEqualTo(
                expression.contains("'>f4'") ? ByteOrder.BIG_ENDIAN : ByteOrder.nativeOrder());
        assertThat(array.shape()).containsExactly(longs(shape));
        assertThat(array.strides()).containsExactly(longs(strides));
        assertThat(python.call("address", array)).isEqualTo(python.eval("address(a)"));
      }
    }
  }

  private static long[] longs(String text) {
    return Stream.of(text.split(",", -1))
        .filter(n -> !n.isEmpty())
        .mapToLong(Long::parseLong)
        .toArray();
  }

  @Test
  void arraysThatNoFormatDescribes_comeBackAsHandles() {
    try (Interpreter python = open("handles")) {
      python.exec("import numpy as np");
      for (String expression :
          List.of(
              "np.array([None, 'x'], object)",
              "np.zeros(2, [('a', 'O'), ('b', 'f8')])",
              "np.zeros(2, [('a', 'O'), ('b', 'M8[s]')])",
              "np.array(['x'], np.dtypes.StringDType())",
              "np.zeros(2, {'names': 'ab', 'formats': ['i4', 'i4'], 'offsets': [0, 2]})",
              "np.zeros(2, {'names': 'ab', 'formats': ['M8[s]', 'i4'], 'offsets': [0, 2]})",
              "np.datetime64('2020-01-01')")) {
        try (PythonObject handle = (PythonObject) python.eval(expression)) {
          assertThat(handle.toString()).isNotEmpty();
        }
      }
    }
  }

  @Test
  void scalars_comeBackAsNumbers() {
    try (Interpreter python = open("scalars")) {
      python.exec("import numpy as np");
      assertThat(
              python.eval(
                  "[np.int8(-3), np.uint64(2**63), np.float32(0.5), np.float64(1.5), np.bool_(True),"
                      + " np.complex64(1j), np.str_('x')]"))
          .isEqualTo(
              List.of(
                  -3L,
                  new java.math.BigInteger("9223372036854775808"),
                  0.5,
                  1.5,
                  true,
                  new Complex(0, 1),
                  "x"));
    }
  }

  @Test
  void payloadOfAnNdarray_isTheSameMemoryInJavaAndInTheOtherImage() {
    try (Interpreter source = open("source");
        Interpreter target = open("target")) {
      source.exec("import numpy as np\na = np.arange(1_000_000, dtype='f8').reshape(1000, 1000)");
      try (Payload payload = source.dump("a", Access.WRITABLE)) {
        target.load("b", payload);
        assertThat(target.eval("address(b)")).isEqualTo(source.eval("address(a)"));
        assertThat(target.eval("(str(b.dtype), b.shape, b.flags.writeable)"))
            .isEqualTo(List.of("float64", List.of(1000L, 1000L), true));
        target.exec("b[1, 1] = -5");
        ByteBuffer bytes = payload.buffers().get(0).asByteBuffer();
        assertThat(bytes.getDouble(8 * 1001)).isEqualTo(-5.0);
        assertThat(source.eval("float(a[1, 1])")).isEqualTo(-5.0);
      }
      target.exec("del b");
    }
  }

  @Test
  void frameAndTable_travelWithTheirBuffersOutOfBand() {
    try (Interpreter source = open("source");
        Interpreter target = open("target")) {
      source.exec(
          """
          import numpy as np, pandas as pd, pyarrow as pa
          frame = pd.DataFrame({'a': np.arange(200_000), 'b': np.linspace(0, 1, 200_000)})
          table = pa.table({'a': np.arange(200_000), 'b': np.linspace(0, 1, 200_000)})
          """);
      for (String name : List.of("frame", "table")) {
        try (Payload payload = source.dump(name)) {
          assertThat(payload.outOfBandBytes()).isGreaterThanOrEqualTo(3_200_000);
          assertThat(payload.inBandBytes()).isLessThan(20_000);
          target.load(name, payload);
        }
      }
      assertThat(target.eval("(len(frame), float(frame.b.sum()))"))
          .isEqualTo(List.of(200_000L, source.eval("float(frame.b.sum())")));
      assertThat(target.eval("table.column('a')[199_999].as_py()")).isEqualTo(199_999L);
      target.exec("del frame, table");
    }
  }

  @Test
  void subinterpreter_thatCannotLoadNumpy_getsAMemoryview() {
    try (Interpreter python =
        PackageRuntime.open(
            "sub", Isolation.SUBINTERPRETER, "def kind(a): return type(a).__name__")) {
      assertThat(python.call("kind", memory(8))).isEqualTo("memoryview");
    }
  }
}

package dev.ophion.bridge.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Complex;
import dev.ophion.DType;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading and writing single elements. */
@ExtendWith(NoLeftovers.class)
final class ElementAccessTest {

  /** Loads the native library that knows addresses. */
  @BeforeAll
  static void load() {
    Python.start();
  }

  @ParameterizedTest
  @CsvSource({
    "b, -128, 127",
    "B, 0, 255",
    "h, -32768, 32767",
    ">h, -32768, 32767",
    "H, 0, 65535",
    "i, -2147483648, 2147483647",
    ">I, 0, 4294967295",
    "q, -9223372036854775808, 9223372036854775807",
    ">q, -9223372036854775808, 9223372036854775807",
    "Q, 0, 9223372036854775807"
  })
  void setLong_withinTheRange_isReadBackAndNoOther(String format, long lowest, long highest) {
    try (NdArray array = TestArrays.of(DType.parse(format), 3)) {
      for (long value : new long[] {lowest, highest, 0, 1}) {
        array.setLong(value, 1);
        assertThat(array.getLong(1)).isEqualTo(value);
        assertThat(array.get(1)).isEqualTo(value);
        assertThat(array.getLong(0) + array.getLong(2)).isZero();
      }
      if (lowest != Long.MIN_VALUE) {
        assertThatThrownBy(() -> array.setLong(lowest - 1, 1))
            .isInstanceOf(ArithmeticException.class)
            .hasMessageContaining(format);
      }
      if (highest != Long.MAX_VALUE) {
        assertThatThrownBy(() -> array.setLong(highest + 1, 1))
            .isInstanceOf(ArithmeticException.class);
      }
      assertThat(array.getLong(1)).isEqualTo(1);
    }
  }

  @Test
  void narrowGetters_refuseWhatDoesNotFit() {
    try (NdArray array = TestArrays.of(DType.INT64, 1)) {
      array.setLong(200, 0);
      assertThat(array.getShort(0)).isEqualTo((short) 200);
      assertThatThrownBy(() -> array.getByte(0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("200");
      array.setLong(1L << 31, 0);
      assertThatThrownBy(() -> array.getInt(0)).isInstanceOf(ArithmeticException.class);
      assertThat(array.getDouble(0)).isEqualTo(0x1p31);
      array.setLong((1L << 53) + 1, 0);
      assertThatThrownBy(() -> array.getDouble(0)).isInstanceOf(ArithmeticException.class);
      array.setLong(Long.MAX_VALUE, 0);
      assertThatThrownBy(() -> array.getDouble(0)).isInstanceOf(ArithmeticException.class);
      array.setLong(Long.MIN_VALUE, 0);
      assertThat(array.getDouble(0)).isEqualTo(-0x1p63);
    }
  }

  @Test
  void unsignedAboveLong_isABigInteger() {
    try (NdArray array = TestArrays.of(DType.UINT64, 1)) {
      array.setBytes(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) 0x80}, 0);
      assertThat(array.get(0)).isEqualTo(BigInteger.ONE.shiftLeft(63));
      assertThat(array.getDouble(0)).isEqualTo(0x1p63);
      assertThatThrownBy(() -> array.getLong(0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("9223372036854775808");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"e", ">e", "f", ">f", "d", ">d"})
  void setDouble_ofAFloat_isReadBack(String format) {
    try (NdArray array = TestArrays.of(DType.parse(format), 2)) {
      for (double value : new double[] {1.5, -0.0, 0x1p-14, Double.POSITIVE_INFINITY}) {
        array.setDouble(value, 1);
        assertThat(array.getDouble(1)).isEqualTo(value);
        assertThat(array.getFloat(1)).isEqualTo((float) value);
      }
      array.setDouble(Double.NaN, 1);
      assertThat(array.getFloat(1)).isNaN();
      array.setLong(-7, 0);
      assertThat(array.get(0)).isEqualTo(-7.0);
    }
  }

  @Test
  void setters_outOfAFloatsRange_writeNothing() {
    try (NdArray half = TestArrays.of(DType.FLOAT16, 1);
        NdArray single = TestArrays.of(DType.FLOAT32, 1)) {
      assertThatThrownBy(() -> half.setDouble(65520, 0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("65520");
      assertThatThrownBy(() -> half.setLong(2049, 0)).isInstanceOf(ArithmeticException.class);
      assertThatThrownBy(() -> single.setDouble(1e39, 0)).isInstanceOf(ArithmeticException.class);
      assertThatThrownBy(() -> single.setLong((1 << 24) + 1, 0))
          .isInstanceOf(ArithmeticException.class);
      assertThat(half.getDouble(0) + single.getDouble(0)).isZero();
      single.setDouble(0.1, 0);
      assertThat(single.getFloat(0)).isEqualTo(0.1f);
    }
    try (NdArray wide = TestArrays.of(DType.FLOAT64, 1)) {
      wide.setDouble(0.1, 0);
      assertThatThrownBy(() -> wide.getFloat(0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("getDouble");
      assertThatThrownBy(() -> wide.setLong(Long.MAX_VALUE, 0))
          .isInstanceOf(ArithmeticException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Zf", ">Zf", "Zd", ">Zd"})
  void complex_isReadBackByParts(String format) {
    try (NdArray array = TestArrays.of(DType.parse(format), 2)) {
      array.setComplex(new Complex(1.5, -2), 1);
      assertThat(array.getComplex(1)).isEqualTo(new Complex(1.5, -2));
      assertThat(array.get(0)).isEqualTo(new Complex(0, 0));
      array.setDouble(3, 1);
      assertThat(array.getComplex(1)).isEqualTo(new Complex(3, 0));
      assertThatThrownBy(() -> array.getDouble(1)).isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"4w", ">4w"})
  void text_isFilledUpWithZeros(String format) {
    try (NdArray array = TestArrays.of(DType.parse(format), 2)) {
      for (String text : List.of("caf\u00e9", "", "\ud83d\udc0d\u0000x")) {
        array.setString(text, 1);
        assertThat(array.getString(1)).isEqualTo(text);
        assertThat(array.get(1)).isEqualTo(text);
      }
      assertThatThrownBy(() -> array.setString("snake", 1))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("5 code points");
      array.setBytes(filled(16, -1), 0);
      assertThatThrownBy(() -> array.getString(0))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("getBytes");
    }
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void bytes_boolsAndChars_areWhatTheyAre() {
    try (NdArray names = TestArrays.of(DType.bytes(3), 2);
        NdArray flags = TestArrays.of(DType.BOOL, 2);
        NdArray chars = TestArrays.of(DType.CHAR, 1)) {
      names.setBytes(new byte[] {'a'}, 1);
      assertThat(names.getBytes(1)).containsExactly('a', 0, 0);
      assertThat((byte[]) names.get(1)).containsExactly('a');
      assertThatThrownBy(() -> names.setBytes(new byte[4], 1))
          .isInstanceOf(ArithmeticException.class);
      flags.setBoolean(true, 1);
      assertThat(flags.getBoolean(1)).isTrue();
      assertThat(flags.get(0)).isEqualTo(false);
      assertThatThrownBy(() -> flags.getLong(0)).isInstanceOf(IllegalStateException.class);
      assertThat(chars.getByte(0)).isZero();
      assertThatThrownBy(() -> flags.setBytes(new byte[0], 0))
          .isInstanceOf(ArithmeticException.class);
    }
  }

  @Test
  void record_isReadAsAMapAndByItsFields() {
    DType point = DType.parse("T{<i:id:(2,2)>h:grid:T{<d:x:3s:tag:}:in:x}");
    try (NdArray array = TestArrays.of(point, 2, 3)) {
      array.field("id").setLong(7, 1, 2);
      array.field("grid").setLong(-5, 1, 2, 1, 0);
      array.field("in").field("x").setDouble(0.5, 1, 2);
      array.field("in").field("tag").setBytes(new byte[] {'k'}, 1, 2);
      @SuppressWarnings("unchecked")
      Map<String, Object> value = (Map<String, Object>) array.get(1, 2);
      assertThat(value).containsOnlyKeys("id", "grid", "in");
      assertThat(value.get("id")).isEqualTo(7L);
      assertThat(value.get("grid")).isEqualTo(List.of(List.of(0L, 0L), List.of(-5L, 0L)));
      assertThat(((Map<?, ?>) value.get("in")).get("x")).isEqualTo(0.5);
      assertThat(array.field("grid").shape()).containsExactly(2, 3, 2, 2);
      assertThat(array.field("grid").dtype().order()).isEqualTo(ByteOrder.BIG_ENDIAN);
      assertThatThrownBy(() -> array.field("y"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[id, grid, in]");
    }
  }

  @Test
  void indexes_outOfRangeOrOfTheWrongNumber_areRefused() {
    try (NdArray array = TestArrays.of(DType.INT32, 2, 3)) {
      for (long[] wrong : new long[][] {{2, 0}, {0, 3}, {-1, 0}, {0, Long.MIN_VALUE}}) {
        assertThatThrownBy(() -> array.getInt(wrong))
            .isInstanceOf(IndexOutOfBoundsException.class)
            .hasMessageContaining("[2, 3]");
        assertThatThrownBy(() -> array.setLong(1, wrong))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      assertThatThrownBy(() -> array.getInt(0)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> array.getInt(0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
    try (NdArray scalar = TestArrays.of(DType.INT32)) {
      scalar.setLong(4);
      assertThat(scalar.getInt()).isEqualTo(4);
    }
  }

  @Test
  void readOnlyMemory_isNeverWritten() {
    ByteBuffer memory = ByteBuffer.allocateDirect(16).asReadOnlyBuffer();
    try (NdArray array = TestArrays.over(memory, DType.FLOAT64, 2)) {
      assertThat(array.isReadOnly()).isTrue();
      assertThatThrownBy(() -> array.setDouble(1, 0))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("read-only");
      assertThatThrownBy(() -> array.copyFrom(new double[2]))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> array.slice(0, 0, 1, 1).setBytes(new byte[8], 0))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThat(array.getDouble(0)).isZero();
    }
  }
}

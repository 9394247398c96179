package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.ArrayViews;
import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.transfer.TestArrays;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Java's memory in Python, where there is no NumPy. */
@ExtendWith(NoLeftovers.class)
final class LentMemoryTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("lent");
    python.exec("import ctypes, pickle, struct, gc");
  }

  @AfterEach
  void close() {
    python.close();
  }

  private static LongBuffer counting(int length) {
    LongBuffer memory =
        ByteBuffer.allocateDirect(8 * length).order(ByteOrder.nativeOrder()).asLongBuffer();
    for (int i = 0; i < length; i++) {
      memory.put(i, i);
    }
    return memory;
  }

  /** Whatever Python makes of the memory keeps it, and nothing else does. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "m[::2] | x[3]",
        "m[::-1][1:] | x[0]",
        "m[2:8].cast('B').cast('q', [3, 2]) | x[2, 0]",
        "memoryview(memoryview(m)[3:]) | x[3]",
        "m.toreadonly() | x[6]",
        "pickle.PickleBuffer(m) | memoryview(x)[6]",
        "(ctypes.c_int64 * 8).from_buffer(m) | x[6]",
        "ctypes.c_int64.from_buffer(m, 48) | x.value",
        "(ctypes.c_char * 64).from_buffer(m.cast('B')) | x[48][0]",
        "iter(m[6:]) | next(x)",
        "m.obj | memoryview(x)[6]",
      })
  void memory_staysWhileAnyPythonObjectReachesIt(String derived, String sixth) {
    python.set("m", counting(8));
    python.exec("x = " + derived.strip() + "; del m; gc.collect()");
    System.gc();
    assertThat(LeaseTable.openLeases(Lease.Kind.JAVA)).isEqualTo(1);
    assertThat(python.eval(sixth.strip())).isEqualTo(6L);
    python.exec("del x; gc.collect()");
    assertThat(LeaseTable.openLeases(Lease.Kind.JAVA)).isZero();
  }

  @Test
  void readOnlyMemory_isNeverWrittenFromPython() {
    LongBuffer memory = counting(4);
    python.set("m", memory.asReadOnlyBuffer());
    for (String write :
        List.of(
            "m[0] = 9",
            "m[::2][0] = 9",
            "m.cast('B')[0] = 9",
            "(ctypes.c_int64 * 4).from_buffer(m)[0]",
            "struct.pack_into('q', m, 0, 9)",
            "memoryview(m.obj)[0] = 9")) {
      assertThatThrownBy(() -> python.exec(write))
          .as(write)
          .hasMessageMatching("(?s).*read-only.*|.*writable.*|.*read-write.*");
    }
    assertThat(memory.get(0)).isZero();
    python.exec("del m");
  }

  @Test
  void formatsThatMemoryviewCannotIndex_areReadByOtherMeans() {
    try (NdArray array = TestArrays.of(DType.parse(">i"), 4)) {
      array.setLong(7, 3);
      python.set("m", array);
    }
    assertThat(python.eval("m.format, struct.unpack_from('>4i', m)[3]"))
        .isEqualTo(List.of(">i", 7L));
    assertThatThrownBy(() -> python.eval("m[3]")).hasMessageContaining(">i");
    assertThat(python.eval("pickle.PickleBuffer(m).raw().cast('i')[3]")).isEqualTo(7L << 24);
    assertThat(python.eval("(ctypes.c_int32.__ctype_be__ * 4).from_buffer(m)[3]")).isEqualTo(7L);
    assertThat(python.eval("int.from_bytes(m.tobytes()[12:])")).isEqualTo(7L);
    python.exec("del m; gc.collect()");
  }

  @Test
  void view_sentAlone_outlivesTheArrayInJava() {
    try (NdArray array = TestArrays.of(DType.INT64, 3, 2)) {
      array.copyFrom(new long[] {0, 1, 2, 3, 4, 5});
      python.set("m", array.slice(0, ArrayViews.NONE, ArrayViews.NONE, -2).select(1, 1));
      python.set("zero", array.select(1, 0).select(0, 2).broadcast(3));
    }
    assertThat(python.eval("m.tolist(), m.strides, zero.tolist(), zero.strides, zero.readonly"))
        .isEqualTo(List.of(List.of(5L, 1L), List.of(-32L), List.of(4L, 4L, 4L), List.of(0L), true));
    python.exec("del m, zero");
  }

  @Test
  void bytearrayUnderExport_refusesToResizeWhileJavaHoldsAnyPartOfIt() {
    python.exec("b = bytearray(range(16))");
    NdArray array = (NdArray) python.eval("memoryview(b)");
    NdArray part = array.slice(0, 2, 4, 1).share();
    for (NdArray holder : List.of(array, part)) {
      assertThatThrownBy(() -> python.exec("b.append(1)")).hasMessageContaining("BufferError");
      holder.close();
    }
    python.exec("b.append(1)");
    assertThat(python.eval("len(b)")).isEqualTo(17L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes(range(8)) | B | 8 | true",
        "bytearray(8) | B | 8 | false",
        "__import__('mmap').mmap(-1, 4096) | B | 4096 | false",
        "__import__('array').array('w', 'abc') | w | 3 | false",
        "(ctypes.c_double * 3)() | d | 3 | false",
        "(ctypes.c_int16.__ctype_be__ * 3)() | >h | 3 | false",
        "((ctypes.c_int * 3) * 2)() | i | 2,3 | false",
        "ctypes.c_float(1) | f | '' | false",
        "ctypes.c_long(1) | q | '' | false",
        "(Point * 2)() | T{<i:x:4x<d:y:} | 2 | false",
        "Both() | B (8 bytes) | '' | false",
        "pickle.PickleBuffer(b'abc') | B | 3 | true",
      })
  void anyExporter_comesAsItsMemoryview(
      String expression, String format, String shape, boolean readOnly) {
    python.exec(
        """
        class Point(ctypes.Structure): _fields_ = [('x', ctypes.c_int), ('y', ctypes.c_double)]
        class Both(ctypes.Union): _fields_ = [('i', ctypes.c_int), ('d', ctypes.c_double)]
        """);
    python.exec("x = " + expression.strip());
    try (NdArray array = (NdArray) python.eval("memoryview(x)")) {
      DType expected =
          format.contains("(") ? DType.opaque("B", 8) : DType.parse(format.replace("w", "1w"));
      assertThat(array.dtype()).isEqualTo(expected);
      assertThat(Arrays.toString(array.shape()).replaceAll("[\\[\\] ]", "")).isEqualTo(shape);
      assertThat(array.isReadOnly()).isEqualTo(readOnly);
      try (Interpreter other = Python.start().newInterpreter("other")) {
        other.set("x", array);
        assertThat((byte[]) other.eval("x.tobytes()"))
            .isEqualTo((byte[]) python.eval("memoryview(x).tobytes()"));
      }
    }
    python.exec("del x; gc.collect()");
  }
}

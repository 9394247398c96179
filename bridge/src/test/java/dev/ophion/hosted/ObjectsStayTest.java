package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.SharedMemory;
import dev.ophion.Tuple;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of one interpreter's objects never reach another as bytes. */
@ExtendWith(NoLeftovers.class)
final class ObjectsStayTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("objects");
    python.exec(
        """
        import ctypes, pickle

        class Union(ctypes.Union):
            _fields_ = [("o", ctypes.py_object), ("d", ctypes.c_double)]

        class Struct(ctypes.Structure):
            _fields_ = [("n", ctypes.c_int), ("o", ctypes.py_object)]

        class Nested(ctypes.Structure):
            _fields_ = [("s", Struct), ("u", Union)]

        class Hiding(ctypes.Structure):
            _fields_ = [("u", Union)]

        class Giving:
            def __init__(self, given): self.given = given
            def __buffer__(self, flags): return memoryview(self.given)

        objects = (ctypes.py_object * 2)(1, "x")
        """);
  }

  @AfterEach
  void close() {
    python.close();
  }

  private void refused(String expression) {
    assertThatThrownBy(() -> python.eval(expression))
        .as(expression)
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("mean nothing elsewhere");
    assertThatThrownBy(() -> python.eval("{'k': [" + expression + "]}"))
        .as(expression)
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("result[\"k\"][0]");
  }

  private void refusedByDump(String expression) {
    assertThatThrownBy(() -> python.dump(expression).close())
        .as(expression)
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("mean nothing elsewhere");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "objects",
        "Giving(objects)",
        "(Struct * 2)()",
        "(Nested * 2)()",
        "(Hiding * 2)()",
        "(Union * 2)()",
        "((Struct * 2) * 2)()",
        "(ctypes.c_void_p * 2)()",
        "(ctypes.c_char_p * 2)()",
        "(ctypes.c_wchar_p * 2)()",
        "(ctypes.POINTER(ctypes.c_int) * 2)()",
        "(ctypes.CFUNCTYPE(ctypes.c_int) * 2)()",
        "pickle.PickleBuffer(objects)",
        "memoryview(bytearray(16)).cast('P')"
      })
  void memoryOfAddresses_isRefusedAtEachExit(String expression) {
    refused("memoryview(" + expression + ")");
    refusedByDump("memoryview(" + expression + ")");
    refusedByDump("{'a': [memoryview(" + expression + ")]}");
  }

  @Test
  void arraysOfCtypesObjects_areRefusedByDump() {
    refusedByDump("objects");
    refusedByDump("(Union * 2)()");
    refusedByDump("[(Nested * 2)()]");
    refusedByDump("pickle.PickleBuffer(objects)");
    refusedByDump("[pickle.PickleBuffer(memoryview(objects))]");
  }

  @Test
  void memoryOfAddresses_isRefusedByTake() {
    python.exec("taken = memoryview(bytearray(16)).cast('P')");
    assertThatThrownBy(() -> python.take("taken").close())
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("mean nothing elsewhere");
    python.exec("del taken");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(ctypes.c_int * 3)(1, 2, 3)",
        "(ctypes.c_wchar * 3)()",
        "(ctypes.c_longdouble * 3)()",
        "type('Plain', (ctypes.Union,), {'_fields_': [('i', ctypes.c_int)]})()",
        "type('Named', (ctypes.Structure,), {'_fields_': [('O', ctypes.c_int), ('P', ctypes.c_byte)]})()",
        "bytearray(10)",
        "Giving(bytearray(10))"
      })
  void memoryWithoutAddresses_crosses(String expression) {
    try (NdArray array = (NdArray) python.eval("memoryview(" + expression + ")")) {
      assertThat(array).isNotNull();
    }
    python.dump("memoryview(" + expression + ")").close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"O", "P", "&<i"})
  void memoryThatJavaSaysHoldsAddresses_isRefused(String format) {
    try (SharedMemory memory = SharedMemory.allocate(DType.parse(format, 8), 4)) {
      assertThatThrownBy(() -> python.set("given", memory))
          .isInstanceOf(NotTransferableException.class)
          .hasMessageContaining("taken for addresses");
    }
  }

  @Test
  void lentMemoryOfCtypes_isNotMovedByItsOwner() {
    python.exec("a = (ctypes.c_int * 100_000)(*range(100_000))");
    python.exec("outer = type('Outer', (ctypes.Structure,), {'_fields_': [('a', type(a))]})()");
    try (NdArray array = (NdArray) python.eval("memoryview(a)[1:]");
        NdArray inner = (NdArray) python.eval("memoryview(outer.a)")) {
      for (String owner : new String[] {"a", "outer"}) {
        assertThatThrownBy(() -> python.exec("ctypes.resize(" + owner + ", 40_000_000)"))
            .isInstanceOf(PythonException.class)
            .hasMessageContaining("cannot be moved");
      }
      assertThat(array.getInt(99_998)).isEqualTo(99_999);
      assertThat(inner.getInt(99_999)).isZero();
      python.exec("ctypes.resize((ctypes.c_int * 10)(), 4000)");
    }
    python.exec("ctypes.resize(a, 40_000_000); ctypes.resize(outer, 40_000_000)");
    assertThat(python.eval("ctypes.sizeof(a), a[99_999]"))
        .isEqualTo(Tuple.of(40_000_000L, 99_999L));
    assertThatThrownBy(() -> python.exec("ctypes.resize(a)")).isInstanceOf(PythonException.class);
    assertThatThrownBy(() -> python.exec("ctypes.resize(1, 2)"))
        .isInstanceOf(PythonException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytearray(100_000)|bytearray.resize(owner, 10_000_000)|memoryview(owner)",
        "bytearray(100_000)|owner.clear()|memoryview(owner)",
        "bytearray(100_000)|owner.__init__(10)|memoryview(owner)",
        "array.array('d', bytes(80_000))|owner.extend(range(100_000))|owner",
        "io.BytesIO(bytes(100_000))|owner.write(bytes(10_000_000))|owner.getbuffer()",
        "io.BytesIO(bytes(100_000))|owner.__init__(b'')|owner.getbuffer()",
        "io.BytesIO(bytes(100_000))|owner.__setstate__((b'', 0, None))|owner.getbuffer()",
        "io.BytesIO(bytes(100_000))|owner.close()|owner.getbuffer()",
        "mmap.mmap(-1, 100_000)|owner.resize(10)|memoryview(owner)",
        "mmap.mmap(-1, 100_000)|owner.close()|memoryview(owner)",
        "Giving(bytearray(100_000))|owner.given.clear()|memoryview(owner)",
        "memoryview(bytearray(100_000))|owner.obj.clear()|owner",
        "memoryview(bytearray(100_000))|owner.release()|owner",
        "pickle.PickleBuffer(bytearray(10))|memoryview(owner).obj.clear()|memoryview(owner)"
      })
  void lentMemory_isNotMovedByItsOwner(String row) {
    String[] parts = row.split("\\|", -1);
    python.exec("import array, io, mmap");
    python.exec("owner = " + parts[0]);
    try (NdArray array = (NdArray) python.eval(parts[2])) {
      assertThat(array.size()).isPositive();
      assertThatThrownBy(() -> python.exec(parts[1]))
          .isInstanceOf(PythonException.class)
          .extracting(failure -> ((PythonException) failure).typeName())
          .isEqualTo("BufferError");
    }
  }
}

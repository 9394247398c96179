package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Payload;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects in NumPy's arrays stay at home, and lent memory stays where it is. */
@Tag("packages")
@Timeout(300)
@ExtendWith(NoLeftovers.class)
final class NumpyOwnersTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python =
        PackageRuntime.open(
            "owners",
            Isolation.IMAGE,
            """
            import pickle
            import numpy as np

            class Lying(np.ndarray):
                dtype = property(lambda self: np.dtype("i8"))
                base = None
                def view(self, *args): return np.zeros(2)

            class Dated(np.ndarray):
                dtype = property(lambda self: np.dtype("M8[ns]"))

            class Holder:
                def __init__(self, array): self.array = array
                __array_interface__ = property(lambda self: self.array.__array_interface__)

            class Giver:
                def __init__(self, array): self.array = array
                def __buffer__(self, flags): return memoryview(self.array)

            objects = np.array([None, "x"], object)
            records = np.zeros(2, [("n", "i8"), ("o", "O")])
            """);
  }

  @AfterEach
  void close() {
    python.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "objects",
        "records",
        "objects[::-1]",
        "records['o']",
        "objects.view(Lying)",
        "objects.view(Dated)",
        "pickle.PickleBuffer(objects)"
      })
  void memoryOfObjects_isRefusedAtEachExit(String expression) {
    String view = "memoryview(" + expression + ")";
    assertThatThrownBy(() -> python.eval(view))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("references to Python objects");
    assertThatThrownBy(() -> python.dump("[" + view + "]").close())
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("references to Python objects");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"np.array([None, 'x'], object)", "np.zeros(2, [('n', 'i8'), ('o', 'O')])"})
  void takeOfObjects_isRefused(String expression) {
    python.exec("taken = " + expression);
    assertThatThrownBy(() -> python.take("taken").close())
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("references to Python objects");
    assertThat(python.eval("len(taken)")).isEqualTo(2L);
  }

  @Test
  void arraysOfObjects_areHandlesAndPickled() {
    for (String expression :
        new String[] {"objects", "objects.view(Lying)", "objects.view(Dated)"}) {
      try (PythonObject handle = (PythonObject) python.eval(expression)) {
        assertThat(handle.toString()).isNotEmpty();
      }
    }
    try (Payload payload = python.dump("objects");
        Interpreter other = PackageRuntime.open("other", Isolation.IMAGE, "")) {
      other.load("x", payload);
      assertThat(other.eval("x.tolist()")).asString().isEqualTo("[null, x]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a",
        "a[2:]",
        "a.reshape(10, -1)[::2]",
        "memoryview(a)",
        "memoryview(a)[5:]",
        "np.asarray(memoryview(a))",
        "np.asarray(Holder(a))",
        "np.asarray(Holder(a))[3:]",
        "memoryview(Giver(a))",
        "np.asarray(Giver(a))",
        "np.frombuffer(a)"
      })
  void lentMemory_isNotMovedByItsOwner(String expression) {
    python.exec("a = np.arange(100_000.)");
    try (NdArray array = (NdArray) python.eval(expression)) {
      double last = array.getDouble(lastOf(array));
      for (String move :
          new String[] {
            "a.resize(10, refcheck=False)",
            "a.resize(10_000_000, refcheck=False)",
            "a.__setstate__((1, (2,), np.dtype('f8'), False, bytes(16)))"
          }) {
        assertThatThrownBy(() -> python.exec(move)).as(move).isInstanceOf(PythonException.class);
        python.exec("junk = [np.full(100_000, -1.) for _ in range(4)]");
        assertThat(array.getDouble(lastOf(array))).isEqualTo(last);
      }
    }
    python.exec("import gc; gc.collect()");
    python.exec("a.resize(10, refcheck=False)");
    assertThat(python.eval("a.tolist()[9]")).isEqualTo(9.0);
    python.exec("a.__setstate__((1, (2,), np.dtype('f8'), False, bytes(16)))");
    assertThat(python.eval("a.tolist()")).asString().isEqualTo("[0.0, 0.0]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytearray(100_000)|np.ndarray((100_000,), 'u1', owner)|owner.extend(bytes(10_000_000))",
        "bytearray(100_000)|np.ndarray((9,), 'u1', owner)[::2]|owner.clear()",
        "bytearray(100_000)|np.asarray(Holder(np.ndarray((9,), 'u1', owner)))|owner.clear()",
        "bytearray(9)|np.ndarray((9,), 'u1', memoryview(owner))|owner.clear()",
        "array.array('d', [1.5])|np.ndarray((1,), 'f8', owner)|owner.extend([2.5] * 100_000)",
        "mmap.mmap(-1, 100_000)|np.ndarray((100_000,), 'u1', owner)|owner.close()",
        "np.memmap(tempfile.TemporaryFile(), 'u1', 'w+', shape=(5000,))|owner|owner._mmap.close()",
        "io.BytesIO(bytes(1000))|np.ndarray((9,), 'u1', owner.getbuffer())|owner.write(bytes(9999))"
      })
  void lentMemory_behindAnArray_isNotMovedByItsOwner(String owner, String lent, String move) {
    python.exec("import array, io, mmap, tempfile\nowner = " + owner);
    try (NdArray array = (NdArray) python.eval(lent)) {
      assertThat(array.size()).isPositive();
      python.exec("lent = " + lent);
      assertThatThrownBy(() -> python.exec(move))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("BufferError");
    }
    python.exec("import gc; del lent; gc.collect()");
    python.exec(move);
  }

  private static long[] lastOf(NdArray array) {
    long[] index = array.shape();
    for (int i = 0; i < index.length; i++) {
      index[i]--;
    }
    return index;
  }

  @Test
  void lentMemory_ofAPayload_isNotMovedByItsOwner() {
    python.exec("a = np.arange(100_000.)");
    try (Payload payload = python.dump("{'a': a, 'dates': a.astype('i8').view('M8[s]')}")) {
      assertThat(payload.buffers()).hasSize(2);
      assertThatThrownBy(() -> python.exec("a.resize(10, refcheck=False)"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("cannot resize");
    }
    python.exec("a.resize(10, refcheck=False)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "np.ma.masked_array([1, 2], [0, 1])",
        "np.ma.masked",
        "np.arange(3).view(type('Quantity', (np.ndarray,), {'unit': 'm'}))"
      })
  void subclassesThatHoldMore_areHandles(String expression) {
    try (PythonObject handle = (PythonObject) python.eval(expression)) {
      assertThat(handle.typeName()).isNotEqualTo("numpy.ndarray");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "np.matrix([[1, 2]])",
        "np.zeros(2, [('a', 'i4')]).view(np.recarray)",
        "np.memmap(__import__('tempfile').TemporaryFile(), 'u1', 'w+', shape=(3,))"
      })
  void subclassesOfTheSameMemory_areArrays(String expression) {
    try (NdArray array = (NdArray) python.eval(expression)) {
      assertThat(array.size()).isPositive();
    }
  }
}

package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Access;
import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.NotTransferableException;
import dev.ophion.Payload;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads of one array: those that take no pickle, and their neighbours that do. */
@Tag("packages")
@Timeout(300)
@ExtendWith(NoLeftovers.class)
final class NumpyPayloadsTest {

  private static final String LOOK =
      """
      import numpy as np
      def look(a):
          return (type(a).__module__ + '.' + type(a).__name__, a.dtype.str, a.dtype.char,
                  repr(a.dtype.metadata), a.shape, a.strides, a.flags.c_contiguous, a.tobytes().hex())
      def address(a): return a.__array_interface__['data'][0]
      """;

  private Interpreter source;
  private Interpreter target;

  @BeforeEach
  void open() {
    source = PackageRuntime.open("source", Isolation.IMAGE, LOOK);
    target = PackageRuntime.open("target", Isolation.IMAGE, LOOK);
  }

  @AfterEach
  void close() {
    source.close();
    target.close();
  }

  private void requireSame(String expression) {
    source.exec("a = " + expression);
    try (Payload payload = source.dump("a")) {
      target.load("a", payload);
      assertThat(target.eval("look(a)")).isEqualTo(source.eval("look(a)"));
      assertThat(target.eval("a.flags.writeable")).isEqualTo(false);
      source.load("again", payload);
      assertThat(source.eval("look(again)")).isEqualTo(source.eval("look(a)"));
    }
    source.exec("a = again = None");
    target.exec("a = None");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?", "b", "B", "h", "H", "i", "I", "l", "L", "e", "f", "d", "F", "D"})
  void numbers_takeNoPickle_andArriveAsTheyWere(String code) {
    requireSame("np.arange(2 * 3 * 4).reshape(2, 3, 4).astype('" + code + "')");
    source.exec("a = np.ones(3, '" + code + "')");
    try (Payload payload = source.dump("a")) {
      assertThat(payload.inBandBytes()).isZero();
      assertThat(payload.buffers()).hasSize(1);
    }
    source.exec("a = None");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "np.arange(3).astype('>i4')",
        "np.arange(3.0).astype('>f8')",
        "np.arange(6.0).reshape(2, 3).T.copy(order='F')",
        "np.array(7.5)",
        "np.zeros((0, 3))",
        "np.ones(3, np.dtype('f8', metadata={'unit': 'm'}))",
        "np.array([(1, 2.5)], [('n', 'i4'), ('x', 'f8')])",
        "np.array(['ab', 'c'])",
        "np.array([b'ab', b'c'])",
        "np.ones(2, 'g')",
        "np.arange(3, dtype='q')",
        "np.zeros(2, 'V3')",
      })
  void otherArrays_arriveAsPickleHasThem(String expression) {
    source.exec("import pickle; a = pickle.loads(pickle.dumps(" + expression + ", 5))");
    try (Payload payload = source.dump(expression)) {
      target.load("a", payload);
      assertThat(payload.inBandBytes()).isPositive();
    }
    assertThat(target.eval("look(a)")).isEqualTo(source.eval("look(a)"));
    target.exec("a = None");
  }

  @Test
  void slices_areCopied_andArriveContiguous() {
    try (Payload payload = source.dump("np.arange(20.0).reshape(4, 5)[::2, ::-1]")) {
      target.load("a", payload);
    }
    assertThat(target.eval("a.tolist()"))
        .isEqualTo(source.eval("np.arange(20.0).reshape(4, 5)[::2, ::-1].tolist()"));
    target.exec("a = None");
  }

  @Test
  void dates_keepTheirUnit() {
    try (Payload payload = source.dump("np.array(['2026-01-02T03'], 'M8[h]')")) {
      target.load("a", payload);
    }
    assertThat(target.eval("(str(a.dtype), str(a[0]))"))
        .isEqualTo(List.of("datetime64[h]", "2026-01-02T03"));
    target.exec("a = None");
  }

  @Test
  void objectsAndSubclasses_goByPickle() {
    try (Payload objects = source.dump("np.array([1, 'two', None], object)");
        Payload matrix = source.dump("np.matrix([[1.0, 2.0]])");
        Payload masked = source.dump("np.ma.array([1.0, 2.0], mask=[False, True])")) {
      target.load("objects", objects);
      target.load("matrix", matrix);
      target.load("masked", masked);
    }
    assertThat(target.eval("objects.tolist()")).isEqualTo(source.eval("[1, 'two', None]"));
    assertThat(target.eval("type(matrix).__name__")).isEqualTo("matrix");
    assertThat(target.eval("masked.mask.tolist()")).isEqualTo(List.of(false, true));
    target.exec("objects = matrix = masked = None");
  }

  @ParameterizedTest
  @EnumSource
  void numbers_areTheSameMemory_andWritableWhereTheSenderSaysSo(Access access) {
    source.exec("a = np.arange(12.0).reshape(3, 4)");
    try (Payload payload = source.dump("a", access)) {
      target.load("a", payload);
      source.exec("a[2, 3] = -1");
      assertThat(target.eval("(address(a), float(a[2, 3]), a.flags.writeable)"))
          .isEqualTo(List.of(source.eval("address(a)"), -1.0, access == Access.WRITABLE));
    }
    target.exec("a = None");
    source.exec("a = None");
  }

  @Test
  void readOnlyNumbers_stayReadOnly_thoughTheSenderSaysWritable() {
    source.exec("a = np.arange(3.0); a.flags.writeable = False");
    try (Payload payload = source.dump("a", Access.WRITABLE)) {
      target.load("a", payload);
      assertThatThrownBy(() -> target.exec("a[0] = 1"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("read-only");
    }
    target.exec("a = None");
    source.exec("a = None");
  }

  @Test
  void lentNumbers_cannotBeResized_untilTheyAreGivenBack() {
    source.exec("a = np.arange(3.0)");
    try (Payload payload = source.dump("a")) {
      assertThatThrownBy(() -> source.exec("a.resize(10_000_000, refcheck=False)"))
          .isInstanceOf(PythonException.class);
      target.load("a", payload);
    }
    assertThat(target.eval("a.tolist()")).isEqualTo(List.of(0.0, 1.0, 2.0));
    target.exec("a = None");
    source.exec("a = None");
  }

  @Test
  void base_ofWhatArrives_cannotBeReleased() {
    source.exec("a = np.arange(3.0)");
    try (Payload payload = source.dump("a")) {
      target.load("a", payload);
    }
    assertThat(target.eval("hasattr(type(a.base), 'release')")).isEqualTo(false);
    target.exec("a = None");
    source.exec("a = None");
  }

  @Test
  void registeredReducer_decides() {
    source.exec(
        """
        import copyreg
        copyreg.pickle(np.ndarray, lambda a: (list, (['reduced'],)))
        """);
    try (Payload payload = source.dump("np.ones(3)")) {
      target.load("a", payload);
    }
    assertThat(target.eval("a")).isEqualTo(List.of("reduced"));
    source.exec("del copyreg.dispatch_table[np.ndarray]");
  }

  @Test
  void receiver_thatHasNotImportedNumpy_imports() {
    try (Interpreter fresh = PackageRuntime.open("fresh", Isolation.IMAGE, "import sys");
        Payload payload = source.dump("np.ones(3)")) {
      assertThat(fresh.eval("'numpy' in sys.modules")).isEqualTo(false);
      fresh.load("a", payload);
      assertThat(fresh.eval("a.tolist()")).isEqualTo(List.of(1.0, 1.0, 1.0));
      fresh.exec("a = None");
    }
  }

  @Test
  void receiver_withoutNumpy_saysWhatItLacks() {
    try (Interpreter bare =
            PackageRuntime.open(
                "bare",
                Isolation.IMAGE,
                "import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]");
        Payload payload = source.dump("np.ones(3)")) {
      assertThatThrownBy(() -> bare.load("a", payload))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("lacks the module 'numpy'");
    }
  }

  @Test
  void memory_thatIsNoneOfJavas_isRefusedAsBefore() {
    assertThatThrownBy(() -> source.dump("memoryview(np.array([None]))"))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("references to Python objects");
  }
}

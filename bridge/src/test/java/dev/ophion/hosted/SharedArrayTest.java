package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeftovers.class)
final class SharedArrayTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("arrays");
    python.exec("import array, ctypes");
  }

  @AfterEach
  void close() {
    python.close();
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  @Test
  void directBuffer_writtenByPython_isReadByJava() {
    DoubleBuffer memory = direct(80).asDoubleBuffer();
    python.set("x", memory.slice(2, 4));
    python.exec("x[0] = 1.5; x[3] = 2.5");
    assertThat(List.of(memory.get(2), memory.get(5))).containsExactly(1.5, 2.5);
    assertThat(python.eval("x.format, x.shape == (4,), x.readonly"))
        .isEqualTo(List.of("d", true, false));
  }

  @Test
  void directBuffer_readOnly_staysReadOnly() {
    python.set("x", direct(8).asReadOnlyBuffer());
    assertThatThrownBy(() -> python.exec("x[0] = 1")).hasMessageContaining("read-only");
  }

  @Test
  void directBuffer_withoutElements_isEmpty() {
    python.set("x", direct(0));
    assertThat(python.eval("x.nbytes, bytes(x) == b''")).isEqualTo(List.of(0L, true));
  }

  @Test
  void numpy_thatCanBeImportedOnlyLater_isUsedFromThenOn() {
    python.set("x", direct(8));
    python.exec(
        """
        import sys, types
        sys.modules['numpy'] = types.ModuleType('numpy')
        sys.modules['numpy'].asarray = lambda view: ('an array', view.nbytes)
        """);
    python.set("x", direct(16));
    assertThat(python.eval("x == ('an array', 16)")).isEqualTo(true);
  }

  @Test
  void directBuffer_forgottenByJava_staysForPython() {
    python.set("x", direct(1 << 20).putLong(8, 42));
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    assertThat(python.eval("x.cast('q')[1]")).isEqualTo(42L);
    assertThat(LeaseTable.openLeases(Lease.Kind.JAVA)).isEqualTo(1);
    assertThat(LeaseTable.openBytes(Lease.Kind.JAVA)).isEqualTo(1 << 20);
    python.exec("y = x[3:]; del x");
    assertThat(LeaseTable.openLeases(Lease.Kind.JAVA)).isEqualTo(1);
    python.exec("del y");
    assertThat(LeaseTable.openLeases(Lease.Kind.JAVA)).isZero();
  }

  @Test
  void directBuffer_keptWhileTheInterpreterEnds_isGivenBack() {
    python.exec("class Node: pass\nn = Node(); n.me = n");
    python.set("x", direct(64));
    python.exec("n.x = x; import sys; sys.kept = x[1:]");
    python.close();
    assertThat(LeaseTable.openLeases(Lease.Kind.JAVA)).isZero();
  }

  @Test
  void result_array_isSharedWithJava() {
    try (NdArray array = (NdArray) python.eval("(a := array.array('d', [1, 2, 3]))")) {
      array.asDoubleBuffer().put(1, 20);
      assertThat(python.eval("a[1]")).isEqualTo(20.0);
      assertThat(array.shape()).containsExactly(3);
      assertThat(array.buffer().address()).isEqualTo(python.eval("a.buffer_info()[0]"));
    }
  }

  @Test
  void result_strided_isReadElementByElement() {
    python.exec("a = memoryview(array.array('i', range(12))).cast('B').cast('i', [3, 4])");
    try (NdArray rows = (NdArray) python.eval("a");
        NdArray backwards = (NdArray) python.eval("memoryview(array.array('h', range(9)))[::-3]")) {
      assertThat(rows.shape()).containsExactly(3, 4);
      assertThat(rows.toArray(int[].class)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
      assertThat(backwards.isContiguous()).isFalse();
      assertThat(backwards.toArray(short[].class)).containsExactly((short) 8, (short) 5, (short) 2);
    }
  }

  @Test
  void result_passedOn_isOneMemoryInAll() {
    python.exec("a = array.array('d', range(6))");
    try (Interpreter other = Python.start().newInterpreter("other")) {
      try (NdArray array = (NdArray) python.eval("memoryview(a)[::-2]")) {
        other.set("x", array);
        python.set("own", array);
      }
      assertThat(other.eval("x.tolist()")).isEqualTo(List.of(5.0, 3.0, 1.0));
      other.exec("x[0] = -5.0");
      assertThat(python.eval("a[5], own[0]")).isEqualTo(List.of(-5.0, -5.0));
    }
  }

  @Test
  void result_passedToItsOwnInterpreter_doesNotHoldUpItsEnd() {
    try (NdArray array = (NdArray) python.eval("array.array('d', [1, 2])")) {
      python.set("own", array);
    }
    assertThat(LeaseTable.openLeases()).isZero();
    assertThat(python.eval("own.tolist()")).isEqualTo(List.of(1.0, 2.0));
    python.close(java.time.Duration.ofSeconds(60));
  }

  @Test
  void result_closed_isNotLent() {
    NdArray array = (NdArray) python.eval("array.array('d', [1, 2])");
    array.close();
    assertThatThrownBy(() -> python.set("x", array))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("NdArray is closed");
    assertThat(LeaseTable.openLeases()).isZero();
  }

  @Test
  void view_ofAResult_outlivesArrayAndInterpreter() {
    DoubleBuffer view;
    try (Interpreter other = Python.start().newInterpreter("other");
        NdArray array = (NdArray) other.eval("__import__('array').array('d', [1, 2, 3])")) {
      view = array.asDoubleBuffer();
    }
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    assertThat(view.get(0) + view.get(1) + view.get(2)).isEqualTo(6.0);
    assertThat(Python.start().interpreters()).hasSize(2);
  }
}

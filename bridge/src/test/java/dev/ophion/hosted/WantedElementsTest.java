package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Python's arrays as the Java arrays that a caller asks for, small and large. */
@ExtendWith(NoLeftovers.class)
final class WantedElementsTest {

  @Test
  void eachClass_getsTheElementsOfItsArray() {
    try (Interpreter python = Python.start().newInterpreter("each")) {
      python.exec(
          """
          from array import array
          def make(code, n): return array(code, range(n))
          """);
      for (int n : new int[] {0, 1, 3, 2_000, 40_000}) {
        double[] doubles = python.call("make", double[].class, "d", n);
        float[] floats = python.call("make", float[].class, "f", n);
        long[] longs = python.call("make", long[].class, "q", n);
        long[] alsoLongs = python.call("make", long[].class, "l", n);
        int[] ints = python.call("make", int[].class, "i", n);
        assertThat(doubles).hasSize(n);
        assertThat(floats).hasSize(n);
        assertThat(longs).hasSize(n).isEqualTo(alsoLongs);
        assertThat(ints).hasSize(n);
        if (n > 0) {
          assertThat(doubles[n - 1]).isEqualTo(n - 1);
          assertThat(floats[n - 1]).isEqualTo(n - 1);
          assertThat(longs[n - 1]).isEqualTo(n - 1);
          assertThat(ints[n - 1]).isEqualTo(n - 1);
        }
      }
      assertThat(python.call("make", short[].class, "h", 3)).containsExactly(0, 1, 2);
      assertThat(python.call("make", char[].class, "H", 3)).isEqualTo(new char[] {0, 1, 2});
      assertThat(python.call("make", byte[].class, "b", 3)).containsExactly(0, 1, 2);
    }
  }

  @Test
  void everyWayToAResult_givesTheElements() throws Exception {
    try (Interpreter python = Python.start().newInterpreter("ways")) {
      python.exec(
          """
          from array import array
          x = array('d', [1, 2])
          class Holder: pass
          holder = Holder()
          holder.x = x
          """);
      assertThat(python.get("x", double[].class)).containsExactly(1, 2);
      assertThat(python.eval("x * 2", double[].class)).containsExactly(1, 2, 1, 2);
      assertThat(python.async().eval("x", double[].class).get(60, TimeUnit.SECONDS))
          .containsExactly(1, 2);
      assertThat(python.attach(() -> python.get("x", double[].class))).containsExactly(1, 2);
      assertThat(python.eval("memoryview(x)", double[].class)).containsExactly(1, 2);
      assertThat(LeaseTable.openLeases(Lease.Kind.PYTHON)).isZero();
    }
  }

  @Test
  void otherNumbersThanWanted_areRefusedAsEver() {
    try (Interpreter python = Python.start().newInterpreter("others")) {
      python.exec("from array import array");
      assertThatThrownBy(() -> python.eval("array('f', [1])", double[].class))
          .isInstanceOf(NotTransferableException.class)
          .hasMessageContaining("does not fit double[]");
      assertThatThrownBy(() -> python.eval("array('q', [1])", int[].class))
          .isInstanceOf(NotTransferableException.class)
          .hasMessageContaining("does not fit int[]");
      assertThat(python.eval("[1.0, 2.5]", double[].class)).containsExactly(1, 2.5);
      assertThatThrownBy(() -> python.eval("[array('d', [1])]", double[].class))
          .isInstanceOf(NotTransferableException.class);
    }
  }

  @Test
  void subclasses_andArraysWithinContainers_comeAsEver() {
    try (Interpreter python = Python.start().newInterpreter("nested")) {
      python.exec(
          """
          from array import array
          class Mine(array): pass
          """);
      assertThat(python.eval("Mine('d', [1, 2])", double[].class)).containsExactly(1, 2);
      assertThat(python.eval("[array('d', [1]), array('d', [2])]", double[][].class))
          .isDeepEqualTo(new double[][] {{1}, {2}});
      assertThat(python.eval("[1, 2]", Object[].class)).isEqualTo(List.of(1L, 2L).toArray());
    }
  }
}

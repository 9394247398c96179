package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.SharedBuffer;
import dev.ophion.SharedMemory;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passing memory on for good. */
@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class MoveTest {

  private Interpreter first;
  private Interpreter second;

  @BeforeEach
  void open() {
    first = Python.start().newInterpreter("first");
    second = Python.start().newInterpreter("second");
    first.exec("import array");
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  @Test
  void move_revokesTheArrayAndItsBuffer() {
    SharedMemory memory = SharedMemory.allocate(DType.INT64, 8);
    SharedBuffer buffer = memory.buffer();
    first.move("x", memory);
    first.exec("x[3] = 5");
    assertThat(first.eval("x[3]")).isEqualTo(5L);
    assertThatThrownBy(memory::buffer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The SharedMemory was moved to the interpreter 'first': use it there, or get it back"
                + " with take.");
    assertThatThrownBy(buffer::asByteBuffer).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(buffer::address).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> memory.toArray(long[].class))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> second.set("x", memory)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> second.move("x", memory)).isInstanceOf(IllegalStateException.class);
    memory.close();
    assertThat(first.eval("x[3]")).isEqualTo(5L);
  }

  @Test
  void move_thenTake_goesThroughAllSidesAtOneAddress() {
    SharedMemory memory = SharedMemory.allocate(DType.INT64, 8);
    long address = memory.buffer().address();
    first.move("x", memory);
    first.exec("x[0] = 1; alias = x");
    NdArray taken = first.take("x");
    assertThatThrownBy(() -> first.exec("alias[0]"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("released memoryview");
    assertThatThrownBy(() -> first.exec("x")).hasMessageContaining("NameError");
    assertThat(taken.buffer().address()).isEqualTo(address);
    second.move("x", taken);
    first.close();
    assertThat(second.eval("x[0]")).isEqualTo(1L);
    try (NdArray back = second.take("x")) {
      assertThat(back.toArray(long[].class)).startsWith(1L, 0L);
    }
    assertThat(LeaseTable.openLeases()).isZero();
  }

  @Test
  void move_whileAByteBufferIsReachable_isRefusedAndChangesNothing() {
    try (SharedMemory memory = SharedMemory.allocate(DType.INT64, 8)) {
      LongBuffer view = memory.asLongBuffer();
      assertThatThrownBy(() -> first.move("x", memory))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("1 other user(s): ByteBuffers that are still reachable");
      view.put(0, 7);
      assertThat(memory.toArray(long[].class)[0]).isEqualTo(7);
      assertThatThrownBy(() -> first.get("x")).hasMessageContaining("NameError");
    }
  }

  @Test
  void move_onceTheByteBuffersAreGarbage_succeeds() {
    SharedMemory memory = SharedMemory.allocate(DType.INT64, 8);
    memory.asLongBuffer().put(0, 7);
    first.move("x", memory);
    assertThat(first.eval("x[0]")).isEqualTo(7L);
  }

  @Test
  void move_whileAnotherInterpreterHasIt_isRefused() {
    try (SharedMemory memory = SharedMemory.allocate(DType.INT64, 8)) {
      second.set("x", memory);
      assertThatThrownBy(() -> first.move("x", memory))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("interpreters that it was passed to");
      second.exec("del x");
      first.move("x", memory);
    }
  }

  @Test
  void move_ofWhatItsOwnerStillReaches_isRefused() {
    first.exec("x = array.array('q', [1, 2, 3])");
    try (NdArray got = (NdArray) first.get("x")) {
      assertThatThrownBy(() -> second.move("x", got))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("get it with take instead of get");
      assertThat(got.toArray(long[].class)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void move_toABadName_leavesTheArrayOpen() {
    try (SharedMemory memory = SharedMemory.allocate(DType.INT64, 8)) {
      assertThatThrownBy(() -> first.move("not a name", memory))
          .isInstanceOf(PythonException.class);
      assertThat(memory.toArray(long[].class)).hasSize(8);
      first.move("x", memory);
    }
  }

  @Test
  void move_toAClosedInterpreter_leavesTheArrayOpen() {
    first.close();
    try (SharedMemory memory = SharedMemory.allocate(DType.INT64, 8)) {
      assertThatThrownBy(() -> first.move("x", memory)).hasMessageContaining("takes no more calls");
      assertThat(memory.toArray(long[].class)).hasSize(8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "array.array('q', [1, 2, 3])",
        "memoryview(array.array('q', [1, 2, 3]))",
        "memoryview(array.array('q', [0, 1, 2, 3]))[1:]",
        "memoryview(bytearray(24)).cast('q')"
      })
  void take_ofAnOwnObject_leavesTheInterpreterWithoutIt(String expression) {
    first.exec("x = " + expression);
    NdArray taken = first.take("x");
    assertThat(taken.toArray(long[].class)).hasSize(3);
    assertThatThrownBy(() -> first.exec("x")).hasMessageContaining("NameError");
    second.move("x", taken);
    second.exec("x[0] = 9");
    try (NdArray back = second.take("x")) {
      assertThat(back.toArray(long[].class)[0]).isEqualTo(9);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "y = x = array.array('q', [1])",
        "y = array.array('q', [1]); x = memoryview(y)",
        "x = memoryview(array.array('q', [1])); y = x[:1]",
        "x = memoryview(array.array('q', [1])); y = memoryview(x)",
        "import ctypes; x = memoryview(bytearray(8)); y = (ctypes.c_char * 8).from_buffer(x)",
        "import weakref; x = array.array('q', [1]); y = weakref.ref(x)",
        "import ctypes; x = (ctypes.c_long * 3)()",
        "import io; y = io.BytesIO(bytes(8)); x = y.getbuffer()"
      })
  void take_ofWhatSomethingElseReaches_isRefusedAndChangesNothing(String source) {
    first.exec(source);
    assertThatThrownBy(() -> first.take("x"))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageMatching("(?s).*(referenced|exported|views of|weak|cannot be checked).*");
    first.exec("assert memoryview(x).nbytes >= 1");
  }

  @Test
  void take_ofTakenMemoryGivenBack_isItsOwnAgain() {
    first.exec("x = array.array('q', [1, 2])");
    NdArray taken = first.take("x");
    first.move("y", taken);
    first.exec("y[0] = 4");
    assertThat(first.eval("list(y)")).isEqualTo(List.of(4L, 2L));
    assertThat(LeaseTable.openLeases()).isZero();
  }

  @Test
  void take_ofADirectBuffer_cannotBeMovedOn() {
    ByteBuffer memory = ByteBuffer.allocateDirect(8);
    first.set("x", memory);
    try (NdArray taken = first.take("x")) {
      assertThatThrownBy(() -> second.move("x", taken))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("owner can still reach it");
    }
    assertThat(memory.get(0)).isZero();
  }
}

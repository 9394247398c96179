package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.SharedMemory;
import dev.ophion.SharedMemoryException;
import dev.ophion.SharedMemoryOptions;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.DoubleBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that no interpreter owns, within one process. */
@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class SharedMemoryTest {

  private static final long PAGE_BYTES = 4096;

  private static Interpreter interpreter(String name, Isolation isolation) {
    return Python.start()
        .newInterpreter(InterpreterOptions.builder().name(name).isolation(isolation).build());
  }

  @Test
  void allocate_withoutARuntime_isZeroedAndPageAligned() {
    try (SharedMemory memory = SharedMemory.allocate(DType.FLOAT64, 3, 5)) {
      assertThat(memory.shape()).containsExactly(3, 5);
      assertThat(memory.strides()).containsExactly(40, 8);
      assertThat(memory.isContiguous()).isTrue();
      assertThat(memory.buffer().isReadOnly()).isFalse();
      assertThat(memory.buffer().address() % PAGE_BYTES).isZero();
      assertThat(memory.toArray(double[].class)).hasSize(15).containsOnly(0.0);
      assertThat(memory.name()).isEmpty();
      assertThat(memory.path()).isEmpty();
    }
  }

  @Test
  void allocate_withoutDimensions_isOneElement() {
    try (SharedMemory memory = SharedMemory.allocate(DType.INT64)) {
      assertThat(memory.shape()).isEmpty();
      assertThat(memory.buffer().sizeBytes()).isEqualTo(8);
    }
  }

  @Test
  void allocate_withoutElements_crossesEmpty() {
    try (Interpreter python = interpreter("empty", Isolation.SUBINTERPRETER);
        SharedMemory memory = SharedMemory.allocate(DType.INT32, 4, 0, 3)) {
      python.set("x", memory);
      assertThat(python.eval("x.nbytes, x.shape == (4, 0, 3)")).isEqualTo(List.of(0L, true));
    }
  }

  @ParameterizedTest
  @EnumSource
  void memory_seenByTwoInterpreters_isWrittenByAll(Isolation isolation) {
    try (Interpreter first = interpreter("first", isolation);
        Interpreter second = interpreter("second", isolation);
        SharedMemory memory = SharedMemory.allocate(DType.FLOAT64, 4)) {
      first.set("x", memory);
      second.set("x", memory);
      DoubleBuffer view = memory.asDoubleBuffer();
      first.exec("x[0] = 1.5");
      second.exec("x[1] = x[0] + 1");
      view.put(2, 3.5);
      assertThat(first.eval("list(x)")).isEqualTo(List.of(1.5, 2.5, 3.5, 0.0));
      assertThat(second.eval("list(x)")).isEqualTo(List.of(1.5, 2.5, 3.5, 0.0));
      try (NdArray back = (NdArray) second.get("x")) {
        assertThat(back.buffer().address()).isEqualTo(memory.buffer().address());
      }
    }
  }

  @Test
  void memory_closedByJava_livesUntilTheLastInterpreterLetsGo() {
    long before = LeaseTable.openBytes(Lease.Kind.RUNTIME);
    try (Interpreter second = interpreter("second", Isolation.SUBINTERPRETER)) {
      try (Interpreter first = interpreter("first", Isolation.SUBINTERPRETER)) {
        try (SharedMemory memory = SharedMemory.allocate(DType.UINT8, 1 << 20)) {
          first.set("x", memory);
          second.set("x", memory);
        }
        first.exec("x[7] = 42");
      }
      assertThat(second.eval("x[7]")).isEqualTo(42L);
      assertThat(LeaseTable.openBytes(Lease.Kind.RUNTIME)).isEqualTo(before + (1 << 20));
      second.exec("del x");
      assertThat(LeaseTable.openBytes(Lease.Kind.RUNTIME)).isEqualTo(before);
    }
  }

  @Test
  void memory_ofThreeGibibytes_isReachedAtItsEnd() {
    long elements = 3L << 27;
    try (Interpreter python = interpreter("large", Isolation.SUBINTERPRETER);
        SharedMemory memory = SharedMemory.allocate(DType.INT64, elements)) {
      python.set("x", memory);
      python.exec("x[-1] = 77");
      assertThat(memory.buffer().asByteBuffer((elements - 1) * 8, 8).getLong(0)).isEqualTo(77);
    }
  }

  @Test
  void allocate_largerThanTheSystemHas_saysSo() {
    assertThatThrownBy(() -> SharedMemory.allocate(DType.FLOAT64, 1L << 55))
        .isInstanceOf(SharedMemoryException.class)
        .hasMessageContaining("of %d bytes could not be made (mmap: errno 12".formatted(1L << 58))
        .hasMessageContaining("ask for less");
  }

  @Test
  void allocate_overflowingShape_isRefused() {
    assertThatThrownBy(() -> SharedMemory.allocate(DType.FLOAT64, 1L << 31, 1L << 30))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than 2^63 - 1 bytes");
    assertThatThrownBy(() -> SharedMemory.allocate(DType.FLOAT64, 3, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("negative");
  }

  @Test
  void memory_usedAfterItsClose_saysWhatToDo() {
    try (Interpreter python = interpreter("late", Isolation.SUBINTERPRETER)) {
      SharedMemory memory = SharedMemory.allocate(DType.FLOAT64, 4);
      memory.close();
      memory.close();
      assertThatThrownBy(memory::buffer)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("The SharedMemory is closed");
      assertThatThrownBy(() -> python.set("x", memory)).isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 46, 1L << 62})
  void allocate_moreThanThereIs_isRefusedBeforeAnythingIsTaken(long sizeBytes) {
    Path file = Path.of(System.getProperty("java.io.tmpdir"), "ophion-too-large");
    for (SharedMemoryOptions options :
        List.of(
            SharedMemory.options().memfd(),
            SharedMemory.options().named("ophion-too-large"),
            SharedMemory.options().file(file))) {
      assertThatThrownBy(() -> options.allocate(DType.UINT8, sizeBytes))
          .isInstanceOf(SharedMemoryException.class)
          .hasMessageContaining(Long.toString(sizeBytes));
    }
    assertThat(file).doesNotExist();
    assertThat(SharedMemory.unlink("ophion-too-large")).isFalse();
  }

  @Test
  void broadcast_toMoreThanCanBeCounted_isRefused() {
    try (SharedMemory memory = SharedMemory.allocate(DType.FLOAT64, 1)) {
      for (long[] shape : List.of(new long[] {1L << 61}, new long[] {1L << 62, 1L << 62, 3})) {
        assertThatThrownBy(() -> memory.broadcast(shape))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("take a smaller one");
      }
      assertThat(memory.broadcast(1L << 62, 0).size()).isZero();
    }
  }
}

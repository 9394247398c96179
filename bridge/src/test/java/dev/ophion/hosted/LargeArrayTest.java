package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.bridge.Memory;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** More than a ByteBuffer holds. Skipped where the machine has not 6 GiB left, and says so. */
@Tag("large")
@ExtendWith(NoLeftovers.class)
final class LargeArrayTest {

  private static final long LENGTH = (5L << 30) / Long.BYTES / 2 + 3;
  private static final long NEEDED_KIB = 6L << 20;

  @BeforeEach
  void look() throws IOException {
    long available = Memory.availableKib();
    assumeTrue(
        available > NEEDED_KIB,
        "needs %d KiB of memory, %d are available".formatted(NEEDED_KIB, available));
  }

  @Test
  void moreThanTwoGib_isReadWrittenViewedAndLentAtEveryPlace() {
    try (Interpreter python = Python.start().newInterpreter("large");
        Interpreter other = Python.start().newInterpreter("other")) {
      python.exec("import mmap");
      python.set("n", LENGTH);
      python.exec("x = memoryview(mmap.mmap(-1, n * 8)).cast('q'); x[n - 1] = 77; x[2**28] = 28");
      try (NdArray array = Objects.requireNonNull(python.get("x", NdArray.class))) {
        assertThat(array.size()).isEqualTo(LENGTH);
        assertThat(array.dtype()).isEqualTo(DType.INT64);
        assertThat(array.getLong(LENGTH - 1)).isEqualTo(77);
        assertThat(array.getLong(1L << 28)).isEqualTo(28);
        array.setLong(-1, (1L << 28) - 1);
        checkRefusals(array);
        LongBuffer tail =
            array
                .buffer()
                .asByteBuffer((LENGTH - 2) * Long.BYTES, 16)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
        assertThat(tail.get(1)).isEqualTo(77);
        NdArray last = array.slice(0, -1, (1L << 28) - 2, -(LENGTH - (1L << 28)));
        assertThat(last.toArray(long[].class)).containsExactly(77, -1);
        assertThat(array.slice(0, LENGTH - 3, LENGTH, 1).asLongBuffer().get(2)).isEqualTo(77);
        other.set("x", array);
        assertThat(other.eval("len(x), x[-1], x[2**28 - 1]")).isEqualTo(List.of(LENGTH, 77L, -1L));
        other.exec("x[5] = 5; del x");
        assertThat(array.getLong(5)).isEqualTo(5);
      }
      python.exec("del x");
    }
  }

  private static void checkRefusals(NdArray array) {
    assertThatThrownBy(() -> array.buffer().asByteBuffer())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("asByteBuffer(offset, length)");
    assertThatThrownBy(array::asLongBuffer)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("asByteBuffer(offset, length)");
    assertThatThrownBy(() -> array.broadcast(8, LENGTH).toArray(long[].class))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("slices");
  }
}

package dev.ophion.bridge.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.DirectMemory;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class PinnedArrayTest {

  /** Loads the native library that knows addresses. */
  @BeforeAll
  static void load() {
    Python.start();
  }

  private final AtomicInteger released = new AtomicInteger();

  private NdArray array(
      ByteBuffer memory, String format, int itemSize, long[] shape, long[] strides) {
    Memory described =
        new Memory(
            DirectMemory.addressOf(memory),
            memory.remaining(),
            false,
            format,
            itemSize,
            shape,
            strides);
    return PinnedArray.of(
        LeaseTable.ofPython(pin -> released.incrementAndGet(), 1, described.sizeBytes()),
        described);
  }

  private static ByteBuffer counting(int ints, ByteOrder order) {
    ByteBuffer memory = ByteBuffer.allocateDirect(4 * ints).order(order);
    for (int i = 0; i < ints; i++) {
      memory.putInt(4 * i, i);
    }
    return memory;
  }

  @Test
  void toArray_contiguousRows_areInCOrder() {
    ByteBuffer memory = counting(6, ByteOrder.nativeOrder());
    try (NdArray array = array(memory, "i", 4, new long[] {2, 3}, new long[] {12, 4})) {
      assertThat(array.isContiguous()).isTrue();
      assertThat(array.toArray(int[].class)).containsExactly(0, 1, 2, 3, 4, 5);
    }
    assertThat(released).hasValue(1);
  }

  @Test
  void toArray_fortranOrder_isTransposed() {
    ByteBuffer memory = counting(6, ByteOrder.nativeOrder());
    try (NdArray array = array(memory, "i", 4, new long[] {2, 3}, new long[] {4, 8})) {
      assertThat(array.isContiguous()).isFalse();
      assertThat(array.toArray(int[].class)).containsExactly(0, 2, 4, 1, 3, 5);
    }
  }

  @Test
  void toArray_negativeStride_beginsAtTheTop() {
    ByteBuffer memory = counting(5, ByteOrder.nativeOrder());
    try (NdArray array = array(memory, "i", 4, new long[] {3}, new long[] {-8})) {
      assertThat(array.toArray(int[].class)).containsExactly(4, 2, 0);
      assertThatThrownBy(array::buffer)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("toArray");
    }
  }

  @Test
  void toArray_otherByteOrder_isConverted() {
    ByteBuffer memory = counting(4, ByteOrder.BIG_ENDIAN);
    try (NdArray array = array(memory, ">i", 4, new long[] {4}, new long[] {4})) {
      assertThat(array.format()).isEqualTo("i");
      assertThat(array.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
      assertThat(array.toArray(int[].class)).containsExactly(0, 1, 2, 3);
      assertThat(array.asIntBuffer().get(3)).isEqualTo(3);
    }
  }

  @Test
  void toArray_withoutDimensions_isOneElement() {
    ByteBuffer memory = counting(1, ByteOrder.nativeOrder()).putInt(0, 9);
    try (NdArray array = array(memory, "i", 4, new long[0], new long[0])) {
      assertThat(array.isContiguous()).isTrue();
      assertThat(array.toArray(int[].class)).containsExactly(9);
    }
  }

  @Test
  void toArray_lengthZeroSomewhere_isEmpty() {
    ByteBuffer memory = ByteBuffer.allocateDirect(0);
    try (NdArray array = array(memory, "d", 8, new long[] {3, 0, 2}, new long[] {0, 16, 8})) {
      assertThat(array.isContiguous()).isTrue();
      assertThat(array.toArray(double[].class)).isEmpty();
      assertThat(array.asDoubleBuffer().remaining()).isZero();
    }
  }

  @Test
  void toArray_everyFormat_readsItsOwnClass() {
    ByteBuffer memory = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
    memory.put(0, (byte) 1).put(8, (byte) 1);
    check(memory, "d", 8, double[].class, new double[] {Double.MIN_VALUE, Double.MIN_VALUE});
    check(memory, "q", 8, long[].class, new long[] {1, 1});
    check(memory, "l", 8, long[].class, new long[] {1, 1});
    check(memory, "f", 4, float[].class, new float[] {Float.MIN_VALUE, 0, Float.MIN_VALUE, 0});
    check(memory, "I", 4, int[].class, new int[] {1, 0, 1, 0});
    check(memory, "<l", 4, int[].class, new int[] {1, 0, 1, 0});
    check(memory, "h", 2, short[].class, new short[] {1, 0, 0, 0, 1, 0, 0, 0});
    check(memory, "H", 2, char[].class, new char[] {1, 0, 0, 0, 1, 0, 0, 0});
    check(memory, "H", 2, short[].class, new short[] {1, 0, 0, 0, 1, 0, 0, 0});
    byte[] bytes = {1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    check(memory, "B", 1, byte[].class, bytes);
    boolean[] flags = new boolean[16];
    flags[0] = true;
    flags[8] = true;
    check(memory, "?", 1, boolean[].class, flags);
  }

  private void check(ByteBuffer memory, String format, int size, Class<?> type, Object expected) {
    long count = 16 / size;
    long last = -size;
    try (NdArray array = array(memory, format, size, new long[] {count}, new long[] {size})) {
      assertThat((Object) array.toArray(type)).as(format).isEqualTo(expected);
    }
    try (NdArray reversed = array(memory, format, size, new long[] {count}, new long[] {last})) {
      Object copy = reversed.toArray(type);
      for (int i = 0; i < count; i++) {
        assertThat(java.lang.reflect.Array.get(copy, i))
            .as(format)
            .isEqualTo(java.lang.reflect.Array.get(expected, (int) count - 1 - i));
      }
    }
  }

  @Test
  void toArray_wrongClass_namesTheRightOne() {
    ByteBuffer memory = ByteBuffer.allocateDirect(16);
    try (NdArray array = array(memory, "d", 8, new long[] {2}, new long[] {8})) {
      assertThatThrownBy(() -> array.toArray(float[].class))
          .isInstanceOf(NotTransferableException.class)
          .hasMessageContaining("double[]");
      assertThatThrownBy(array::asIntBuffer)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'d'");
    }
  }

  @Test
  void everything_afterClose_throws() {
    NdArray array = array(ByteBuffer.allocateDirect(16), "d", 8, new long[] {2}, new long[] {8});
    array.close();
    array.close();
    assertThat(released).hasValue(1);
    assertThatThrownBy(() -> array.toArray(double[].class))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(array::buffer).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(array::asDoubleBuffer).isInstanceOf(IllegalStateException.class);
    assertThat(array.shape()).containsExactly(2);
  }
}

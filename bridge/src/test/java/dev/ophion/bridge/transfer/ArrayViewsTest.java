package dev.ophion.bridge.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.ArrayViews;
import dev.ophion.DType;
import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Views, bulk copies and lifetimes. */
@Timeout(60)
@ExtendWith(NoLeftovers.class)
final class ArrayViewsTest {

  /** Loads the native library that knows addresses. */
  @BeforeAll
  static void load() {
    Python.start();
  }

  private static NdArray counting(long... shape) {
    NdArray array = TestArrays.of(DType.INT32, shape);
    int[] values = new int[(int) array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    array.copyFrom(values);
    return array;
  }

  @Test
  void views_readAndWriteTheSameMemory() {
    try (NdArray array = counting(3, 4)) {
      NdArray odd = array.slice(1, 3, ArrayViews.NONE, -2);
      assertThat(odd.toArray(int[].class)).containsExactly(3, 1, 7, 5, 11, 9);
      odd.setLong(-1, 2, 0);
      assertThat(array.getInt(2, 3)).isEqualTo(-1);
      assertThat(array.select(0, -1).toArray(int[].class)).containsExactly(8, 9, 10, -1);
      array.transpose().copyFrom(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
      assertThat(array.toArray(int[].class)).containsExactly(0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11);
      assertThat(array.reshape(2, -1).select(1, 0).toArray(int[].class)).containsExactly(0, 7);
      NdArray repeated = array.select(0, 0).broadcast(2, 4);
      assertThat(repeated.toArray(int[].class)).containsExactly(0, 3, 6, 9, 0, 3, 6, 9);
      assertThat(repeated.isReadOnly()).isTrue();
      int[] target = new int[3];
      array.select(1, 1).copyTo(target);
      assertThat(target).containsExactly(3, 4, 5);
    }
  }

  @Test
  void bulkCopies_checkClassAndLength() {
    try (NdArray array = counting(3)) {
      assertThatThrownBy(() -> array.copyTo(new int[2]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("need 3");
      assertThatThrownBy(() -> array.copyFrom(new long[3]))
          .isInstanceOf(NotTransferableException.class)
          .hasMessageContaining("int[]");
      assertThatThrownBy(() -> array.broadcast(1L << 33, 3).toArray(int[].class))
          .isInstanceOf(NotTransferableException.class)
          .hasMessageContaining("slices");
    }
  }

  @Test
  void bulkCopies_ofEveryKind_comeBack() {
    check(DType.FLOAT16, new float[] {1.5f, -2});
    check(DType.FLOAT16, new short[] {0x7E01, 1});
    check(DType.COMPLEX64, new float[] {1, 2, 3, 4});
    check(DType.parse(">Zd"), new double[] {1, 2, 3, 4});
    check(DType.parse(">M8[s]"), new long[] {1, Long.MIN_VALUE});
    check(DType.string(2), new int[] {'a', 0, 'b', 0x1F40D});
    check(DType.bytes(3), new byte[] {1, 2, 3, 4, 5, 6});
    check(DType.parse("T{b:a:<h:b:}"), new byte[] {1, 2, 3, 4, 5, 6});
    check(DType.BOOL, new boolean[] {true, false});
    check(DType.opaque("?!", 3), new byte[] {1, 2, 3, 4, 5, 6});
  }

  private static void check(DType type, Object values) {
    try (NdArray array = TestArrays.of(type, 5, 2)) {
      NdArray row =
          array.slice(0, 3, 4, 1).transpose().slice(0, ArrayViews.NONE, ArrayViews.NONE, -1);
      row.copyFrom(values);
      assertThat((Object) row.toArray(values.getClass())).as(type.format()).isEqualTo(values);
      assertThat(array.getBytes(2, 1)).containsOnly(0);
      assertThat(array.getBytes(4, 0)).containsOnly(0);
    }
  }

  @Test
  void copyFrom_floatsBeyondFloat16_isRefused() {
    try (NdArray array = TestArrays.of(DType.FLOAT16, 2)) {
      assertThatThrownBy(() -> array.copyFrom(new float[] {1, 1e6f}))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("1000000");
      assertThat(array.getDouble(0)).isEqualTo(1);
    }
  }

  @Test
  void views_takeNoLeaseAndEndWithTheirArray() {
    NdArray array = counting(4);
    NdArray view = array.slice(0, 1, 3, 1).reshape(1, 2);
    assertThat(LeaseTable.openLeases()).isEqualTo(1);
    array.close();
    assertThat(LeaseTable.openLeases()).isZero();
    for (Runnable use :
        List.<Runnable>of(
            () -> view.getInt(0, 0),
            () -> view.setLong(1, 0, 0),
            () -> view.toArray(int[].class),
            view::share,
            view::transpose,
            view::buffer)) {
      assertThatThrownBy(use::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("NdArray is closed");
    }
    assertThat(view.shape()).containsExactly(1, 2);
  }

  @Test
  void view_closed_endsAlone() {
    try (NdArray array = counting(4)) {
      NdArray view = array.slice(0, 1, 3, 1);
      NdArray inner = view.select(0, 0);
      view.close();
      view.close();
      assertThatThrownBy(() -> view.getInt(0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("view is closed");
      assertThatThrownBy(() -> view.select(0, 0)).isInstanceOf(IllegalStateException.class);
      assertThat(inner.getInt()).isEqualTo(1);
      assertThat(array.getInt(1)).isEqualTo(1);
    }
  }

  @Test
  void share_outlivesTheArrayAndIsClosedByItself() {
    NdArray array = counting(4);
    NdArray last = array.slice(0, 2, ArrayViews.NONE, 1).share();
    array.close();
    assertThat(LeaseTable.openLeases()).isEqualTo(1);
    assertThat(last.toArray(int[].class)).containsExactly(2, 3);
    assertThat(last.buffer().asByteBuffer().remaining()).isEqualTo(8);
    last.close();
  }

  @Test
  void buffer_ofAContiguousView_isItsPart() {
    try (NdArray array = counting(3, 4)) {
      NdArray row = array.select(0, 1);
      assertThat(row.asIntBuffer().get(2)).isEqualTo(6);
      assertThat(row.buffer().address()).isEqualTo(array.buffer().address() + 16);
      assertThatThrownBy(() -> array.select(1, 1).buffer())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("toArray");
    }
  }

  @Test
  void close_whileOthersRead_neverShowsFreedMemory() throws InterruptedException {
    for (int round = 0; round < 200; round++) {
      ByteBuffer memory = ByteBuffer.allocateDirect(1 << 12);
      NdArray array = TestArrays.over(memory, DType.INT64, 1 << 9);
      CountDownLatch reading = new CountDownLatch(2);
      Thread[] readers = new Thread[2];
      for (int i = 0; i < readers.length; i++) {
        readers[i] = new Thread(() -> readUntilClosed(array, reading));
        readers[i].start();
      }
      reading.await();
      array.close();
      assertThat(LeaseTable.openLeases()).isZero();
      for (Thread reader : readers) {
        reader.join();
      }
    }
  }

  private static void readUntilClosed(NdArray array, CountDownLatch reading) {
    long sum = 0;
    try {
      for (int i = 0; ; i = (i + 1) & 511) {
        sum += array.getLong(i);
        reading.countDown();
      }
    } catch (IllegalStateException closed) {
      assertThat(sum).isZero();
    }
  }
}

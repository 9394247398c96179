package dev.ophion.bridge.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DirectMemoryTest {

  private final ByteBuffer memory = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());

  @Test
  void addressOf_bufferAtAPosition_isWhereItsNextElementIs() {
    long base = DirectMemory.addressOf(memory);
    assertThat(DirectMemory.addressOf(memory.duplicate().position(5))).isEqualTo(base + 5);
    assertThat(DirectMemory.addressOf(memory.slice(8, 16))).isEqualTo(base + 8);
    assertThat(DirectMemory.addressOf(memory.slice(8, 16).position(3))).isEqualTo(base + 11);
    assertThat(DirectMemory.addressOf(memory.asReadOnlyBuffer())).isEqualTo(base);
  }

  @Test
  void addressOf_typedBufferOfEitherOrder_countsItsElements() {
    long base = DirectMemory.addressOf(memory);
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      ByteBuffer part = memory.slice(8, 48).order(order);
      List<Buffer> views =
          List.of(
              part.asDoubleBuffer().position(1),
              part.asLongBuffer().position(1),
              part.asIntBuffer().position(2),
              part.asFloatBuffer().position(2),
              part.asShortBuffer().position(4),
              part.asCharBuffer().position(4));
      assertThat(views).allSatisfy(v -> assertThat(DirectMemory.addressOf(v)).isEqualTo(base + 16));
    }
  }

  @Test
  void borrow_addressOfABuffer_sharesItsMemory() {
    ByteBuffer view = DirectMemory.borrow(DirectMemory.addressOf(memory) + 8, 16);
    view.putLong(0, 42);
    assertThat(memory.getLong(8)).isEqualTo(42);
    assertThat(view.capacity()).isEqualTo(16);
    assertThat(view.order()).isEqualTo(ByteOrder.nativeOrder());
  }

  @Test
  void borrow_nothing_isEmpty() {
    assertThat(DirectMemory.borrow(0, 0).capacity()).isZero();
  }
}

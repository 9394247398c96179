package dev.ophion.bridge.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PinnedBufferTest {

  private final ByteBuffer memory = ByteBuffer.allocateDirect(64);
  private final CountDownLatch released = new CountDownLatch(1);
  private final Lease lease =
      LeaseTable.ofPython(pin -> released.countDown(), 1, memory.capacity());
  private final Claim claim = new Claim("payload", List.of(lease));

  private PinnedBuffer buffer(boolean readOnly) {
    return new PinnedBuffer(
        this, claim, 0, DirectMemory.addressOf(memory), memory.capacity(), readOnly);
  }

  private static void collect() {
    System.gc();
    Thread.onSpinWait();
  }

  @Test
  void close_withoutViews_releasesAtOnce() {
    PinnedBuffer buffer = buffer(false);
    assertThat(buffer.address()).isEqualTo(DirectMemory.addressOf(memory));
    claim.close();
    assertThat(released.getCount()).isZero();
    claim.close();
  }

  @Test
  void everything_afterClose_throws() {
    PinnedBuffer buffer = buffer(false);
    claim.close();
    assertThatThrownBy(buffer::asByteBuffer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("payload is closed");
    assertThatThrownBy(() -> buffer.asByteBuffer(0, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(buffer::address).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void everything_afterCloseWhileAViewLives_throws() {
    PinnedBuffer buffer = buffer(false);
    ByteBuffer view = buffer.asByteBuffer();
    claim.close();
    assertThatThrownBy(buffer::asByteBuffer).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> claim.lend(0, taken -> taken))
        .isInstanceOf(IllegalStateException.class);
    Reference.reachabilityFence(view);
  }

  static List<UnaryOperator<Buffer>> derivations() {
    return List.of(
        view -> ((ByteBuffer) view).slice(3, 8),
        Buffer::duplicate,
        view -> ((ByteBuffer) view).asReadOnlyBuffer(),
        view -> ((ByteBuffer) view).asDoubleBuffer(),
        view -> ((ByteBuffer) view).asLongBuffer().slice().asReadOnlyBuffer(),
        view -> ((ByteBuffer) view).slice().asReadOnlyBuffer().asIntBuffer().duplicate());
  }

  @ParameterizedTest
  @MethodSource("derivations")
  void close_whileAnythingMadeFromAViewIsReachable_waitsForIt(UnaryOperator<Buffer> derive)
      throws InterruptedException {
    PinnedBuffer buffer = buffer(false);
    Buffer derived = derive.apply(buffer.asByteBuffer());
    claim.close();
    buffer.forget();
    for (int i = 0; i < 3; i++) {
      collect();
    }
    assertThat(released.await(50, TimeUnit.MILLISECONDS)).isFalse();
    Reference.reachabilityFence(derived);
    derived = null;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!released.await(10, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline) {
      collect();
    }
    assertThat(released.getCount()).isZero();
    assertThat(lease.tryAcquire()).isFalse();
  }

  @Test
  void asByteBuffer_sharesTheMemory() {
    PinnedBuffer buffer = buffer(false);
    buffer.asByteBuffer().put(5, (byte) 9);
    assertThat(memory.get(5)).isEqualTo((byte) 9);
    buffer.asByteBuffer(4, 8).put(1, (byte) 10);
    assertThat(memory.get(5)).isEqualTo((byte) 10);
    claim.close();
    buffer.forget();
  }

  @Test
  void asByteBuffer_readOnly_refusesWrites() {
    PinnedBuffer buffer = buffer(true);
    assertThatThrownBy(() -> buffer.asByteBuffer().put(0, (byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThatThrownBy(() -> buffer.asByteBuffer(0, 4).put(0, (byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
    claim.close();
    buffer.forget();
  }

  @Test
  void asByteBuffer_partOutside_throws() {
    PinnedBuffer buffer = buffer(false);
    assertThatThrownBy(() -> buffer.asByteBuffer(60, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.asByteBuffer(-1, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    claim.close();
  }

  @Test
  void asByteBuffer_over2GiB_namesTheWay() {
    PinnedBuffer buffer = new PinnedBuffer(this, claim, 0, 4096, 3L << 30, false);
    assertThatThrownBy(buffer::asByteBuffer)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("asByteBuffer(offset, length)");
    claim.close();
  }

  @Test
  void holder_forgotten_closesTheClaim() throws InterruptedException {
    claim.closeWith(new Object());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!released.await(10, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline) {
      collect();
    }
    assertThat(claim.isOpen()).isFalse();
    assertThat(released.getCount()).isZero();
  }
}

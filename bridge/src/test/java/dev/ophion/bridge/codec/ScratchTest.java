package dev.ophion.bridge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ScratchTest {

  private final Loop loop = new Loop();

  @Test
  void reset_afterALargeValue_keepsNoMoreThanOneMebibyte() {
    byte[] large = new byte[5_000_000];
    Arrays.fill(large, (byte) 7);
    assertThat(loop.through(large)).isEqualTo(large);
    assertThat(loop.scratch.capacityBytes()).isGreaterThanOrEqualTo(5_000_000);
    loop.scratch.reset();
    assertThat(loop.scratch.capacityBytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(loop.through("again")).isEqualTo("again");
  }

  @Test
  void address_afterGrowing_isThatOfTheBuffer() {
    for (int size : new int[] {1, 70_000, 900_000, 3_000_000}) {
      loop.encoder.begin();
      loop.encoder.value(true, "argument 0"); // so that something is there when it grows
      loop.encoder.value(new byte[size], "argument 1");
      assertThat(Scratch.view(loop.scratch.address(), 2).get(0)).isEqualTo(Tag.TRUE);
      assertThat(Scratch.view(loop.scratch.address(), 2).get(1)).isEqualTo(Tag.BYTES);
      assertThat(loop.scratch.buffer().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }
  }
}

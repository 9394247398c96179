package dev.ophion.bridge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.WireHeader;
import org.junit.jupiter.api.Test;

final class TagTest {

  @Test
  void tags_inJava_areThoseOfTheEngine() {
    assertThat(WireHeader.constantsOf(Tag.class)).isEqualTo(WireHeader.numbersOf("Tag"));
  }
}

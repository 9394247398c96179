package dev.ophion.bridge.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.WireHeader;
import org.junit.jupiter.api.Test;

final class StatusTest {

  @Test
  void statuses_inJava_areThoseOfTheEngine() {
    assertThat(WireHeader.constantsOf(Status.class)).isEqualTo(WireHeader.numbersOf("Status"));
  }
}

package dev.ophion.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class HostTest {

  private static final String LIBPYTHON = System.getProperty("ophion.test.libpython");
  private static final String ENGINE = System.getProperty("ophion.test.engine");

  @Test
  void openImage_builtEngine_isAccepted() {
    assertThat(Host.openImage(LIBPYTHON, ENGINE, 0)).isNotZero();
  }

  @Test
  void openImage_missingEngine_namesTheFile() {
    String missing = ENGINE + ".missing";

    assertThatThrownBy(() -> Host.openImage(LIBPYTHON, missing, 0))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining(missing);
  }
}

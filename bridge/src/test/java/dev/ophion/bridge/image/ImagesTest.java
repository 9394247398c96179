package dev.ophion.bridge.image;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.StartException;
import org.junit.jupiter.api.Test;

final class ImagesTest {

  @Test
  void privateImage_elsewhereThanLinux_namesThePlatformAndTheRemedy() {
    assertThatThrownBy(() -> Images.requirePrivate("Mac OS X", "aarch64"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("Mac OS X on aarch64")
        .hasMessageContaining("Isolation.SUBINTERPRETER");
  }

  @Test
  void privateImage_onLinux_isAllowed() {
    assertThatCode(() -> Images.requirePrivate("Linux", "amd64")).doesNotThrowAnyException();
  }
}

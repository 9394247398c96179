package dev.ophion.bridge.environment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WheelTagsTest {

  private static final WheelTags TAGS = new WheelTags(14);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "py3-none-any",
        "py2.py3-none-any",
        "py314-none-any",
        "py38-none-any",
        "cp314-cp314-manylinux2014_x86_64.manylinux_2_17_x86_64",
        "cp314-cp314-linux_x86_64",
        "cp39-abi3-manylinux_2_34_x86_64",
        "cp38.cp39.cp310-abi3-manylinux_2_34_x86_64",
        "py3-none-manylinux_2_17_x86_64",
        "something else"
      })
  void fits_tagThatThisPythonInstalls_isTrue(String tag) {
    assertThat(TAGS.fits(tag)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "py2-none-any",
        "py315-none-any",
        "cp313-cp313-manylinux2014_x86_64",
        "cp314-cp314t-manylinux2014_x86_64",
        "cp315-abi3-manylinux_2_34_x86_64",
        "cp313-none-any",
        "pp311-pypy311_pp73-manylinux2014_x86_64",
        "cp314-cp314-manylinux_2_17_aarch64",
        "cp314-cp314-musllinux_1_2_x86_64",
        "cp314-cp314-win_amd64",
        "cp314-cp314-macosx_10_13_x86_64"
      })
  void fits_tagOfAnotherPythonOrPlatform_isFalse(String tag) {
    assertThat(TAGS.fits(tag)).isFalse();
  }
}

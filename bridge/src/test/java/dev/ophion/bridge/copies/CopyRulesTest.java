package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CopyRulesTest {

  private static final CopyRules RULES =
      CopyRules.builtIn().with(List.of("numpy", "libfoo.so.1", "libmkl*"));

  @ParameterizedTest
  @CsvSource({
    "/v/site-packages/torch/lib/libc10.so, true",
    "/v/dist-packages/tensorflow/libtensorflow_framework.so.2, true",
    "/v/site-packages/llvmlite/binding/libllvmlite.so, true",
    "/v/site-packages/numpy/_core/a.so, true",
    "/v/site-packages/numpy/_core/../../numpy.libs/libblas.so, true",
    "/v/site-packages/numpy.libs/libblas.so, true",
    "/v/site-packages/numpy2.libs/libblas.so, false",
    "/v/site-packages/scipy/numpy/a.so, false",
    "/v/site-packages/pyarrow/libarrow.so.2300, true",
    "/home/torch/site-packages/scipy/liba.so.1, false",
    "/anywhere/libfoo.so.1, true",
    "/anywhere/libfoo.so.1.2, false",
    "/anywhere/libmkl_core.so.2, true",
    "/anywhere/torch, false",
  })
  void apply_goesByPackageAndByFileName(Path library, boolean expected) {
    assertThat(RULES.apply(library)).isEqualTo(expected);
  }

  @Test
  void apply_packageInAFolderOfAnyName_isKnownByItsCode(@TempDir Path temporary)
      throws IOException {
    Path code = Files.createDirectories(temporary.resolve("packages/numpy"));
    Files.createFile(code.resolve("__init__.py"));
    assertThat(RULES.apply(code.resolve("core/a.so"))).isTrue();
    assertThat(RULES.apply(temporary.resolve("packages/numpy.libs/a.so"))).isTrue();
    assertThat(RULES.apply(temporary.resolve("numpy/a.so"))).isFalse();
    Files.createFile(temporary.resolve("packages/__init__.py"));
    assertThat(RULES.apply(code.resolve("core/a.so"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a/b", "lib[.so"})
  void with_whatNamesNoLibrary_isRefused(String name) {
    CopyRules rules = CopyRules.builtIn();
    assertThatThrownBy(() -> rules.with(List.of(name)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

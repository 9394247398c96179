package dev.ophion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PythonEnvironmentTest {

  @Test
  void requirements_otherOrderAndRepeated_areEqual() {
    PythonEnvironment one = PythonEnvironment.requirements("pandas", "numpy==2.5.5", "pandas");
    PythonEnvironment two = PythonEnvironment.requirements("numpy==2.5.5", " pandas ");
    assertThat(one).isEqualTo(two).hasSameHashCodeAs(two);
  }

  @Test
  void requirements_otherPipArguments_differ() {
    PythonEnvironment.Installed plain = PythonEnvironment.requirements("numpy");
    assertThat(plain.withPipArguments("--pre")).isNotEqualTo(plain);
    assertThat(plain.withPipArguments("--pre").withPipArguments("--isolated").pipArguments())
        .containsExactly("--pre", "--isolated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "numpy\npandas", "numpy\\", "a\rb"})
  void requirements_notOneLine_isRefused(String requirement) {
    assertThatThrownBy(() -> PythonEnvironment.requirements(requirement))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + requirement + "'");
  }

  @Test
  void requirements_option_isRefusedWithItsPlace() {
    assertThatThrownBy(() -> PythonEnvironment.requirements("--pre"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--pre")
        .hasMessageContaining("withPipArguments");
  }

  @Test
  void requirements_none_isRefused() {
    assertThatThrownBy(PythonEnvironment::requirements)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("embedded()");
  }

  @Test
  void paths_relative_areMadeAbsolute() {
    assertThat(PythonEnvironment.of(Path.of("venv")).folder())
        .isEqualTo(Path.of("venv").toAbsolutePath());
    PythonEnvironment.Installed installed =
        PythonEnvironment.requirementsFile(Path.of("requirements.txt"))
            .withDirectory(Path.of("environments"));
    assertThat(installed.requirementsFile()).contains(Path.of("requirements.txt").toAbsolutePath());
    assertThat(installed.directory()).contains(Path.of("environments").toAbsolutePath());
  }

  @Test
  void toString_urlWithPassword_hidesIt() {
    PythonEnvironment environment =
        PythonEnvironment.requirements("x @ git+https://token@example.org/x")
            .withPipArguments("--index-url", "https://me:secret@example.org/simple");
    assertThat(environment.toString())
        .doesNotContain("secret", "token")
        .contains("git+https://****@example.org/x", "https://****@example.org/simple");
  }

  @Test
  void pythonOptions_otherEnvironment_differ() {
    PythonOptions options =
        PythonOptions.builder().environment(PythonEnvironment.of(Path.of("venv"))).build();
    assertThat(options).isNotEqualTo(PythonOptions.defaults());
    assertThat(options.toString()).contains("venv");
    assertThat(PythonOptions.defaults().environment()).isEqualTo(PythonEnvironment.embedded());
  }
}

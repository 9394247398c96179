package dev.ophion.bridge.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequirementLineTest {

  @TempDir Path temporary;

  @ParameterizedTest
  @CsvSource({
    "-r other.txt, other.txt",
    "-rother.txt, other.txt",
    "--requirement=other.txt, other.txt",
    "--requirement other.txt, other.txt",
    "-c pins.txt  # why, pins.txt",
    "--constraint = pins.txt, pins.txt",
    "-r \"with blank.txt\", with blank.txt",
  })
  void included_lineThatIncludes_givesTheName(String line, String name) {
    assertThat(RequirementLine.included(line)).contains(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"requests", "-e .", "# -r x.txt", "-r https://example.org/x.txt", "--pre"})
  void included_otherLine_givesNothing(String line) {
    assertThat(RequirementLine.included(line)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%s", "%s[extra]", "file://%s", "a @ file://%s", "%s ; python_version > '3'"})
  void localContent_wheel_changesWithIt(String form) throws IOException {
    Path wheel = Files.writeString(temporary.resolve("a-1.whl"), "x");
    String line = form.formatted(wheel);
    String before = RequirementLine.localContent(line);
    Files.writeString(wheel, "longer");
    assertThat(before).isNotEmpty().isNotEqualTo(RequirementLine.localContent(line));
  }

  @Test
  void localContent_sourceTree_changesWithEachFile() throws IOException {
    Files.createDirectories(temporary.resolve("source/package"));
    Files.writeString(temporary.resolve("source/package/module.py"), "1");
    String line = temporary.resolve("source").toString();
    String before = RequirementLine.localContent(line);
    Files.writeString(temporary.resolve("source/package/other.py"), "");
    assertThat(RequirementLine.localContent(line)).isNotEqualTo(before).contains("other.py");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "numpy==2.5.5",
        "src",
        "-e ./src",
        "a @ https://example.org/a.whl",
        "/no/such.whl"
      })
  void localContent_nothingLocal_isEmpty(String line) {
    assertThat(RequirementLine.localContent(line)).isEmpty();
  }
}

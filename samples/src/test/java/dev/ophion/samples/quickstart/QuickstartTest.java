package dev.ophion.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QuickstartTest {

  private static final Path SOURCE =
      Path.of("src/main/java/dev/ophion/samples/quickstart/Quickstart.java");

  @Test
  void run_always_printsWhatJavaAndTheOtherInterpreterSee() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    Quickstart.run(new PrintStream(printed, true, StandardCharsets.UTF_8));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("{n=1000000, mean=49.5}", "0.25 of 1.5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "../README.md"})
  void readme_always_showsTheExampleThatRuns(String readme) throws IOException {
    String source = Files.readString(SOURCE);
    String example =
        source.substring(
            source.indexOf("// example\n") + "// example\n".length(),
            source.indexOf("    // end of example"));

    assertThat(Files.readString(Path.of(readme)))
        .contains("```java\n" + example.stripTrailing().stripIndent() + "\n```\n");
  }
}

package dev.ophion.samples.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class HandoverTest {

  private static final Path SOURCE =
      Path.of("src/main/java/dev/ophion/samples/handover/Handover.java");

  @Test
  void run_always_printsWhatBothInterpretersWrote() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    Handover.run(new PrintStream(printed, true, StandardCharsets.UTF_8));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("36 and 49", "6 is back");
  }

  @Test
  void readme_always_showsTheExampleThatRuns() throws IOException {
    String source = Files.readString(SOURCE);
    String example =
        source.substring(
            source.indexOf("// example\n") + "// example\n".length(),
            source.indexOf("    // end of example"));

    assertThat(Files.readString(Path.of("README.md")))
        .contains("```java\n" + example.stripTrailing().stripIndent() + "\n```\n");
  }
}

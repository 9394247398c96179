package dev.ophion.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Messages name headings of the guide's page on errors, and these headings are there. */
final class TroubleshootingTest {

  private static final Path PAGE = Path.of("../api/guide/errors.md");

  private static final List<Path> SOURCES =
      List.of(Path.of("src/main"), Path.of("../native/src/main"));

  @Test
  void anchors_inMessages_areHeadingsOfThePage() throws IOException {
    Set<String> named = new TreeSet<>();
    for (Path folder : SOURCES) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          found("errors\\.md#([a-z-]+)", file).forEach(named::add);
        }
      }
    }
    Set<String> headings = new TreeSet<>();
    found("(?m)^### (.+)$", PAGE)
        .map(heading -> heading.toLowerCase(Locale.ROOT).replace("'", "").replace(' ', '-'))
        .forEach(headings::add);

    assertThat(named).isEqualTo(headings);
  }

  private static Stream<String> found(String pattern, Path file) throws IOException {
    // Sources and resources are UTF-8; what is none has no anchors.
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1));
  }
}

package dev.ophion.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SupportFilesTest {

  private static final Path ROOT =
      Path.of("src", "main", "resources", "dev", "ophion", "natives", "python-support");

  /** What is not listed is not unpacked, and found to be missing when an interpreter needs it. */
  @Test
  void index_listsEveryFile() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<String> present =
          files
              .filter(file -> file.toString().endsWith(".py"))
              .map(file -> ROOT.relativize(file).toString())
              .sorted()
              .toList();
      assertThat(Files.readAllLines(ROOT.resolve("INDEX"))).isEqualTo(present);
    }
  }
}

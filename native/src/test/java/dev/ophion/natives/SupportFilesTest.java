package dev.ophion.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SupportFilesTest {

  private static final Path ROOT =
      Path.of("src", "main", "resources", "dev", "ophion", "natives", "python-support");

  /** The file of that name in the wheel of cloudpickle 3.1.2. */
  private static final String CLOUDPICKLE_SHA256 =
      "29c2c0fee031a762ae3096fdbda4d5bdeec52c5510bbb998903ddd0ac7317917";

  @Test
  void cloudpickle_isUnchanged() throws Exception {
    byte[] file = Files.readAllBytes(ROOT.resolve("_ophion_support/cloudpickle.py"));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(file);
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(CLOUDPICKLE_SHA256);
  }

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

package dev.ophion.bridge.copies;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which files running processes have mapped, as far as this one may know. Stateless. */
final class MappedFiles {

  private static final Logger LOG = LoggerFactory.getLogger(MappedFiles.class);
  private static final Path PROCESSES = Path.of("/proc");

  private MappedFiles() {}

  /**
   * Gets those file names among {@code names} that some process has mapped. By name alone, since
   * each container sees the folder at another path.
   */
  static Set<String> among(Set<String> names) {
    Set<String> mapped = new HashSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        collect(process.resolve("maps"), names, mapped);
      }
    } catch (IOException e) {
      // An unlinked file stays for those who have mapped it; a new start makes it again.
      LOG.debug("The mapped files cannot be listed", e);
    }
    return mapped;
  }

  private static void collect(Path maps, Set<String> names, Set<String> mapped) {
    try {
      String text = Files.readString(maps, StandardCharsets.ISO_8859_1);
      int end = text.indexOf('\n');
      int start = 0;
      while (end >= 0) {
        String name = text.substring(Math.max(start, text.lastIndexOf('/', end) + 1), end);
        if (names.contains(name)) {
          mapped.add(name);
        }
        start = end + 1;
        end = text.indexOf('\n', start);
      }
    } catch (IOException e) {
      LOG.trace("{} cannot be read: another user's process, or one that has ended", maps, e);
    }
  }
}

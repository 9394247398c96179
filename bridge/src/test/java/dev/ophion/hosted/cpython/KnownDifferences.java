package dev.ophion.hosted.cpython;

import dev.ophion.Isolation;
import dev.ophion.hosted.cpython.SuiteRun.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The tests of CPython that end otherwise in a hosted interpreter than in plain Python, each with
 * the reason: lines of {@code isolation | ids | message | reason}, where the isolation may be
 * {@code both}, and {@code *} stands for any text in the ids and in the message of the hosted
 * outcome. Immutable.
 */
final class KnownDifferences {

  private record Known(String isolation, Pattern ids, Pattern message, String reason) {

    boolean matches(Isolation seenIn, String id, Outcome seen) {
      return (isolation.equals("both") || isolation.equals(seenIn.name()))
          && ids.matcher(id).matches()
          && message.matcher(seen.reason()).matches();
    }
  }

  private final List<Known> all;

  private KnownDifferences(List<Known> all) {
    this.all = all;
  }

  static KnownDifferences read(Path file) throws IOException {
    List<Known> all = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split(" \\| ", 4);
      if (parts.length < 4) {
        throw new IOException("A known difference takes four columns: " + line);
      }
      all.add(new Known(parts[0].strip(), pattern(parts[1]), pattern(parts[2]), parts[3].strip()));
    }
    return new KnownDifferences(all);
  }

  private static Pattern pattern(String text) {
    return Pattern.compile(Pattern.quote(text.strip()).replace("*", "\\E.*\\Q"));
  }

  /** Why a test is known to end otherwise, and so. */
  Optional<String> reason(Isolation isolation, String id, Outcome seen) {
    return all.stream()
        .filter(known -> known.matches(isolation, id, seen))
        .map(Known::reason)
        .findFirst();
  }
}

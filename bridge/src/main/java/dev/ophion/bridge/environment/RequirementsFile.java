package dev.ophion.bridge.environment;

import dev.ophion.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The content of a requirements file, of those that it includes, and of the local wheels in them.
 *
 * <p>Threading: confined to the call.
 */
final class RequirementsFile {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z0-9_]+)}");
  private static final int MOST_FILES = 1_000;

  private final List<String> content = new ArrayList<>();
  private final Set<Path> seen = new LinkedHashSet<>();

  private RequirementsFile() {}

  /**
   * Returns everything that decides what the file stands for.
   *
   * @throws StartException if it or an included file cannot be read
   */
  static List<String> read(Path file) {
    RequirementsFile reading = new RequirementsFile();
    reading.add(file.normalize(), Optional.empty());
    return reading.content;
  }

  private void add(Path file, Optional<Path> includedBy) {
    if (!seen.add(file)) {
      return;
    }
    String text;
    try {
      if (seen.size() > MOST_FILES) {
        throw new IOException("more than " + MOST_FILES + " files include one another");
      }
      // Every byte is a character: pip decides about encodings.
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new StartException(
          "The requirements file %s%s cannot be read: %s. Check its path and permissions."
              .formatted(file, includedBy.map(by -> ", included by " + by + ",").orElse(""), e),
          e);
    }
    content.add(text);
    for (String line : text.replaceAll("\\\\\\r?\\n", "").lines().toList()) {
      String expanded = expand(line);
      Optional<String> included = RequirementLine.included(expanded);
      if (included.isPresent()) {
        add(resolve(file, included.get()), Optional.of(file));
      } else {
        content.add(RequirementLine.localContent(expanded));
      }
    }
  }

  private static Path resolve(Path file, String included) {
    String decoded =
        new String(included.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    try {
      return Objects.requireNonNull(file.getParent()).resolve(decoded).normalize();
    } catch (InvalidPathException e) {
      throw new StartException(
          "The requirements file %s includes '%s', which is no valid path."
              .formatted(file, decoded),
          e);
    }
  }

  private static String expand(String line) {
    return VARIABLE
        .matcher(line)
        .replaceAll(
            found -> {
              String value = System.getenv(found.group(1));
              return Matcher.quoteReplacement(value == null ? found.group() : value);
            });
  }
}

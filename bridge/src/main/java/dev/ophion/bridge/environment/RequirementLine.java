package dev.ophion.bridge.environment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a line of a requirements file refers to on this disk. Stateless. */
final class RequirementLine {

  /** A comment, a marker, or an option of the requirement: where the name or path ends. */
  private static final Pattern TAIL = Pattern.compile("(^|\\s+)[#;].*$|\\s+--?\\w.*$");

  private static final Pattern EXTRAS = Pattern.compile("\\[[^\\]]*\\]$");
  private static final Pattern INCLUDE =
      Pattern.compile("^(?:(?:-r|-c)\\s*|--(?:requirement|constraint)(?:\\s*=\\s*|\\s+))(.+)$");
  private static final List<String> ARCHIVES = List.of(".whl", ".zip", ".tar.gz", ".tgz");

  private RequirementLine() {}

  /** Returns the file that an {@code -r} or {@code -c} line includes; empty for a URL. */
  static Optional<String> included(String line) {
    Matcher include = INCLUDE.matcher(line.replaceAll("(^|\\s+)#.*$", "").strip());
    if (!include.matches()) {
      return Optional.empty();
    }
    String name = include.group(1).strip();
    if (name.length() > 1 && "'\"".indexOf(name.charAt(0)) >= 0) {
      name = name.substring(1, name.length() - 1);
    }
    return name.contains("://") ? Optional.empty() : Optional.of(name);
  }

  /**
   * Tells one content of a local wheel or source tree from another by sizes and times: they may be
   * too large to read at every start. Empty if the line names none. An editable one is left out, as
   * its point is to follow its sources.
   */
  static String localContent(String line) {
    Path path = localPath(line);
    if (path == null) {
      return "";
    }
    try (Stream<Path> files = Files.walk(path)) {
      StringBuilder content = new StringBuilder();
      files
          .filter(Files::isRegularFile)
          .sorted()
          .forEach(file -> content.append(path.relativize(file)).append(stamp(file)));
      return content.toString();
    } catch (IOException | UncheckedIOException e) {
      // pip will say what is wrong with it.
      return "unreadable";
    }
  }

  private static String stamp(Path file) {
    try {
      return " %d %d\n".formatted(Files.size(file), Files.getLastModifiedTime(file).toMillis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Path localPath(String line) {
    String text = TAIL.matcher(line.strip()).replaceFirst("");
    int url = text.indexOf('@');
    if (url >= 0 && text.substring(url + 1).strip().startsWith("file:")) {
      text = text.substring(url + 1).strip();
    }
    text = EXTRAS.matcher(text).replaceFirst("");
    try {
      Path path = text.startsWith("file:") ? Path.of(URI.create(text)) : Path.of(text);
      boolean isPath =
          text.contains("/") || text.startsWith(".") || ARCHIVES.stream().anyMatch(text::endsWith);
      return isPath && Files.exists(path) ? path : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}

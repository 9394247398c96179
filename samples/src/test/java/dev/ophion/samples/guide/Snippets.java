package dev.ophion.samples.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pages' blocks of Java, and the parts of this module that they are copies of. Stateless. */
final class Snippets {

  private static final Path ROOT = Path.of("..");

  private static final List<String> FOLDERS =
      List.of("", "api", "api/guide", "native", "bridge", "samples", "bench");

  private static final Pattern PART =
      Pattern.compile(
          "^ *// example\\n(.*?)^ *// end of example$", Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern BLOCK =
      Pattern.compile("^```java\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private Snippets() {}

  /** The project's pages. */
  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String folder : FOLDERS) {
      try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
      }
    }
    return pages;
  }

  /** The parts that stand between two marks, in samples and in tests. */
  static List<String> tested() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return found(files.filter(file -> file.toString().endsWith(".java")).toList(), PART);
    }
  }

  /** The blocks of Java in the pages. */
  static List<String> shown() throws IOException {
    return found(pages(), BLOCK);
  }

  /** Without the indentation that all lines have. */
  private static List<String> found(List<Path> files, Pattern pattern) throws IOException {
    List<String> all = new ArrayList<>();
    for (Path file : files) {
      Matcher matcher = pattern.matcher(Files.readString(file));
      while (matcher.find()) {
        all.add(matcher.group(1).stripTrailing().stripIndent());
      }
    }
    return all;
  }
}

package dev.ophion.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages name each other one way. */
final class ArrowsTest {

  private static final Path SOURCES = Path.of("src/main/java/dev/ophion/bridge");

  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?dev\\.ophion\\.bridge\\.(\\w+)\\.");

  @Test
  void arrows_betweenPackages_makeNoCircle() throws IOException {
    Map<String, Set<String>> arrows = arrows();
    assertThat(arrows).containsKeys("interpreter", "handle", "call", "carrier");
    assertThat(arrows.get("call")).contains("carrier");
    for (String name : arrows.keySet()) {
      assertThat(circle(arrows, new ArrayList<>(List.of(name)), new TreeSet<>())).isEmpty();
    }
  }

  /** The way from the first of some packages back to it, if there is one. */
  private static List<String> circle(
      Map<String, Set<String>> arrows, List<String> way, Set<String> seen) {
    for (String next : arrows.get(way.get(way.size() - 1))) {
      if (next.equals(way.get(0))) {
        return way;
      }
      if (seen.add(next)) {
        way.add(next);
        List<String> found = circle(arrows, way, seen);
        if (!found.isEmpty()) {
          return found;
        }
        way.remove(way.size() - 1);
      }
    }
    return List.of();
  }

  private static Map<String, Set<String>> arrows() throws IOException {
    Map<String, Set<String>> arrows = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        Path folder = SOURCES.relativize(file).getParent();
        if (folder != null) {
          String name = folder.toString();
          Set<String> named = arrows.computeIfAbsent(name, unused -> new TreeSet<>());
          Matcher imports = IMPORT.matcher(Files.readString(file));
          while (imports.find()) {
            named.add(imports.group(1));
          }
          named.remove(name);
        }
      }
    }
    return arrows;
  }
}

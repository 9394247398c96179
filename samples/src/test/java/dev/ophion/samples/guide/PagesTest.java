package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class PagesTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  @Test
  void blocksOfJava_always_areExamplesThatRun() throws IOException {
    assertThat(Snippets.shown()).isNotEmpty().isSubsetOf(Snippets.tested());
  }

  @Test
  void examples_always_areShown() throws IOException {
    assertThat(Snippets.tested()).isNotEmpty().isSubsetOf(Snippets.shown());
  }

  @Test
  void links_withinTheRepository_leadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : Snippets.pages()) {
      Matcher links = LINK.matcher(Files.readString(page));
      while (links.find()) {
        String link = links.group(1);
        if (!link.contains("://") && !leadsSomewhere(page, link)) {
          broken.add(page + ": " + link);
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  private static boolean leadsSomewhere(Path page, String link) throws IOException {
    int mark = link.indexOf('#');
    String file = mark < 0 ? link : link.substring(0, mark);
    Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
    return Files.exists(target) && (mark < 0 || anchors(target).contains(link.substring(mark + 1)));
  }

  private static List<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(Files.readString(page))
        .results()
        .map(heading -> anchor(heading.group(1)))
        .toList();
  }

  /** As the hosts of repositories make them. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
  }
}

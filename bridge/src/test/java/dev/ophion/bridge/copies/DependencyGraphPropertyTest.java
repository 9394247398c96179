package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.relocation.RealFiles;
import dev.ophion.bridge.relocation.Relocation;
import dev.ophion.bridge.relocation.Relocator;
import dev.ophion.bridge.relocation.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Libraries that depend on each other in any way, circles included. */
final class DependencyGraphPropertyTest {

  private static final int LIBRARIES = 5;
  private static final Slot ONE = new Slot(1);

  private static Path work;
  private static Path plain;
  private static Path python;

  @BeforeContainer
  static void build() throws Exception {
    work = Files.createTempDirectory("graphs").toRealPath();
    plain = Libraries.plain(work.resolve("plain.so"));
    python = Libraries.usingPython(work.resolve("python.so"));
  }

  @AfterContainer
  static void delete() throws IOException {
    deleteTree(work);
  }

  /**
   * Library 0 is the extension module.
   *
   * @param edges a matrix of bits: which library depends on which
   * @param users bits: which libraries use Python
   */
  @Property(tries = 40)
  void copied_areThoseFromWhichPythonCanBeReached(
      @ForAll @LongRange(max = (1L << (LIBRARIES * LIBRARIES)) - 1) long edges,
      @ForAll @IntRange(max = (1 << LIBRARIES) - 1) int users)
      throws Exception {
    Path folder = Files.createTempDirectory(work, "graph");
    for (int i = 0; i < LIBRARIES; i++) {
      make(folder, i, edges, users);
    }
    CopyCache cache =
        CopyCache.open(
            folder.resolve("cache"), RealFiles.libpython(), CopyRules.builtIn(), Clock.systemUTC());
    Path module = file(folder, 0);
    Path copy = cache.extension(module, ONE);
    boolean[][] reaches = closure(edges);
    String loaded = loadedWith(copy);
    assertThat(copy.equals(module)).isEqualTo(!reachesPython(reaches, users, 0));
    for (int i = 0; i < LIBRARIES; i++) {
      boolean copied = reachesPython(reaches, users, i);
      Path given = cache.library(file(folder, i), ONE);
      assertThat(given.startsWith(cache.folder())).as("library %d", i).isEqualTo(copied);
      assertThat(loaded.contains("=> " + given + " (")).isEqualTo(i != 0 && reaches[0][i]);
    }
    long expected = 0;
    for (int i = 0; i < LIBRARIES; i++) {
      expected += reachesPython(reaches, users, i) ? 1 : 0;
    }
    // Those that depend on each other in a circle have one for the image's number as well.
    try (Stream<Path> files = Files.list(cache.folder())) {
      long stems =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".so"))
              .map(name -> name.substring(0, name.indexOf('-')))
              .distinct()
              .count();
      assertThat(stems).isEqualTo(expected == 0 ? 0 : expected + 1);
    }
    deleteTree(folder);
  }

  private static void make(Path folder, int number, long edges, int users) throws IOException {
    Path file = file(folder, number);
    Path source = ((users >> number) & 1) != 0 ? python : plain;
    Relocator.relocate(source, file, named(folder, number).build());
    for (int other = 0; other < LIBRARIES; other++) {
      if (depends(edges, number, other)) {
        String name = file(folder, other).getFileName().toString();
        Relocator.relocate(file, file, named(folder, number).dependFirstOn(name).build());
      }
    }
  }

  private static Relocation.Builder named(Path folder, int number) {
    return Relocation.named(file(folder, number).getFileName().toString())
        .runPath(folder.toString());
  }

  private static Path file(Path folder, int number) {
    return folder.resolve("lib" + number + ".so");
  }

  private static boolean depends(long edges, int from, int to) {
    return from != to && ((edges >> (from * LIBRARIES + to)) & 1) != 0;
  }

  private static boolean[][] closure(long edges) {
    boolean[][] reaches = new boolean[LIBRARIES][LIBRARIES];
    for (int i = 0; i < LIBRARIES; i++) {
      for (int j = 0; j < LIBRARIES; j++) {
        reaches[i][j] = depends(edges, i, j);
      }
    }
    for (int k = 0; k < LIBRARIES; k++) {
      for (int i = 0; i < LIBRARIES; i++) {
        for (int j = 0; j < LIBRARIES; j++) {
          reaches[i][j] |= reaches[i][k] && reaches[k][j];
        }
      }
    }
    return reaches;
  }

  private static boolean reachesPython(boolean[][] reaches, int users, int from) {
    boolean result = ((users >> from) & 1) != 0;
    for (int i = 0; i < LIBRARIES; i++) {
      result |= reaches[from][i] && ((users >> i) & 1) != 0;
    }
    return result;
  }

  /** Asks the dynamic loader itself. */
  private static String loadedWith(Path library) throws Exception {
    Tools.require("ldd");
    Tools.Result result =
        Tools.run(work.resolve("log"), Map.of(), List.of("ldd", library.toString()));
    assertThat(result.output()).doesNotContain("not found");
    return result.output();
  }

  private static void deleteTree(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files.forEach(all::add);
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.delete(all.get(i));
    }
  }
}

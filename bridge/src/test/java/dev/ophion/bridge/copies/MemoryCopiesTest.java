package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.bridge.ChildJvm;
import dev.ophion.bridge.distribution.DistributionCache;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Images whose copies are in memory: only what all have in common is on disk. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class MemoryCopiesTest {

  private static final String MODULES = "import decimal, json, ctypes, ssl, sqlite3";

  @TempDir Path temporary;

  private static Interpreter open(String name) {
    return Python.start()
        .newInterpreter(InterpreterOptions.builder().name(name).isolation(Isolation.IMAGE).build());
  }

  private static long onDisk() {
    return Python.start().metrics().copiesSizeBytes();
  }

  private static int descriptors() {
    return new File("/proc/self/fd").list().length;
  }

  @Test
  void furtherImages_writeNothingToDisk_andKeepNoDescriptors() {
    try (Interpreter first = open("first")) {
      first.exec(MODULES);
      long before = onDisk();
      int descriptors = descriptors();
      try (Interpreter second = open("second");
          Interpreter third = open("third")) {
        second.exec(MODULES);
        third.exec(MODULES);
        assertThat(third.eval("str(decimal.Decimal(2).sqrt())", String.class)).startsWith("1.414");
        assertThat(onDisk()).isEqualTo(before);
        assertThat(descriptors()).isLessThan(descriptors + 5);
      }
    }
  }

  @Test
  void filledCache_servesMoreImagesOfALaterProcess_withoutAWrite() throws IOException {
    String distribution = DistributionCache.defaultDirectory().toString();
    Path copies = temporary.resolve("copies");
    assertThat(run(distribution, copies, 1)).isEqualTo("1");
    Map<Path, Object> filled = states(copies);
    assertThat(filled).isNotEmpty();
    assertThat(run(distribution, copies, 3)).isEqualTo("3");
    assertThat(states(copies)).isEqualTo(filled);
  }

  private static String run(String distribution, Path copies, int images) throws IOException {
    try (ChildJvm child =
        ChildJvm.start(FillingJvm.class, distribution, copies.toString(), "" + images)) {
      return child.line();
    }
  }

  private static Map<Path, Object> states(Path folder) throws IOException {
    Map<Path, Object> states = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        states.put(file, Files.getAttribute(file, "unix:ctime"));
      }
    }
    return states;
  }

  @Test
  void moduleWithALibraryThatUsesPython_isLoadedFromMemoryWithIt() throws Exception {
    Path site = CopiedImagesTest.buildModule(temporary.toRealPath().resolve("site"));
    try (Interpreter first = open("first");
        Interpreter second = open("second")) {
      use(first, site);
      long before = onDisk();
      use(second, site);
      assertThat(first.eval("slot_module.helper_count()")).isEqualTo(2L);
      assertThat(second.eval("slot_module.helper_count()")).isEqualTo(2L);
      assertThat(second.eval("slot_module.helper_float() is float")).isEqualTo(true);
      assertThat(onDisk()).isEqualTo(before);
    }
  }

  private static void use(Interpreter python, Path site) {
    python.exec("import sys; sys.path.insert(0, r'" + site + "'); import slot_module");
    assertThat(python.eval("slot_module.helper_count()")).isEqualTo(1L);
  }

  @Test
  void librariesThatDependOnEachOther_areLoadedFromDisk() throws Exception {
    Path site = temporary.toRealPath();
    Path one = Libraries.plain(site.resolve("libone.so"), Libraries.soname("libone.so"));
    Path two = Libraries.usingPython(site.resolve("libtwo.so"), Libraries.needing(one));
    Libraries.plain(one, Libraries.needing(two, Libraries.soname("libone.so")));
    try (Interpreter python = open("circle")) {
      long before = onDisk();
      python.exec("import ctypes\none = ctypes.CDLL(r'" + one + "')");
      assertThat(python.eval("one._name")).isEqualTo(one.toString());
      assertThat(onDisk()).isGreaterThan(before);
      python.exec("two = ctypes.CDLL(r'" + two + "')");
    }
  }

  @Test
  void libraryThatWasClosed_isOpenedAgain() throws Exception {
    Path library = Libraries.usingPython(temporary.toRealPath().resolve("libuses.so"));
    try (Interpreter python = open("again")) {
      python.exec(
          """
          import _ctypes, ctypes, os
          for _ in range(3):
              library = ctypes.CDLL(r'%s')
              _ctypes.dlclose(library._handle)
              pipes = [os.pipe() for _ in range(20)]  # take the numbers of descriptors
          """
              .formatted(library));
    }
  }
}

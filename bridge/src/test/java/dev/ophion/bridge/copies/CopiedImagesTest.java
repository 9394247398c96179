package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.relocation.RealFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of two slots, loaded and used in one process. */
final class CopiedImagesTest {

  private static final String HELPER =
      """
      #include <Python.h>
      extern "C" PyObject* slot_helper_float() {
        return Py_NewRef(reinterpret_cast<PyObject*>(&PyFloat_Type));
      }
      extern "C" int slot_helper_count() { static int count = 0; return ++count; }
      """;

  private static final String SHARED =
      "extern \"C\" int slot_shared_count() { static int count = 0; return __sync_add_and_fetch(&count, 1); }\n";

  private static final String USE =
      """
      import slot_module
      for i in range(100):
          helper = slot_module.helper_count()
          slot_module.shared_count()
      print(f"own float {slot_module.helper_float() is float}, helper {helper}", flush=True)
      # Whoever comes last sees what both have counted.
      print(f"counted {slot_module.shared_count()}", flush=True)
      """;

  @TempDir Path temporary;
  private CopyCache cache;

  @BeforeEach
  void open() throws IOException {
    temporary = temporary.toRealPath();
    cache =
        CopyCache.open(
            temporary.resolve("cache"),
            RealFiles.libpython(),
            CopyRules.builtIn(),
            Clock.systemUTC());
  }

  @Test
  void extensionWithALibraryThatUsesPython_inTwoSlots_hasItTwice_andSharesTheOthers()
      throws Exception {
    Path site = buildModule(temporary.resolve("site"));
    assertThat(new Images(temporary, cache).run(site, USE))
        .hasSize(4)
        .contains("counted 202")
        .filteredOn(line -> line.startsWith("own"))
        .containsExactly("own float True, helper 100", "own float True, helper 100");
  }

  @Test
  void originalsInAFolderThatNoRunPathCanName_areFoundThroughALink() throws Exception {
    Path site = buildModule(temporary.resolve("odd: $ORIGIN \n site"));
    assertThat(new Images(temporary, cache).run(site, USE)).hasSize(4).contains("counted 202");
  }

  @Test
  void libraryFoundThroughALoadersRunPath_isFoundByTheCopyToo() throws Exception {
    Path site = temporary.resolve("site");
    Path shared =
        Libraries.build(
            site.resolve("libs/libshared.so"), SHARED, Libraries.soname("libshared.so"));
    String headers = "-I" + RealFiles.DISTRIBUTION.home().resolve("include/python3.14");
    // Without a run path of its own.
    Path helper =
        Libraries.build(site.resolve("libs/libhelper.so"), HELPER, headers, shared.toString());
    Libraries.build(
        site.resolve("slot_module.cpython-314-x86_64-linux-gnu.so"),
        source(),
        headers,
        "-L" + helper.getParent(),
        "-l:libhelper.so",
        "-Wl,--disable-new-dtags",
        "-Wl,-rpath,$ORIGIN/libs",
        "-Wl,--allow-shlib-undefined");
    assertThat(new Images(temporary, cache).run(site, USE)).hasSize(4).contains("counted 202");
  }

  static Path buildModule(Path site) throws Exception {
    return buildModule(site, "libshared.so");
  }

  /** The same with another name for the library that does not use Python. */
  static Path buildModule(Path site, String sharedName) throws Exception {
    String headers = "-I" + RealFiles.DISTRIBUTION.home().resolve("include/python3.14");
    Path built = Files.createTempDirectory("site");
    Path shared = Libraries.build(built.resolve(sharedName), SHARED, Libraries.soname(sharedName));
    Path helper =
        Libraries.build(
            built.resolve("libhelper.so"),
            HELPER,
            Libraries.needing(shared, headers, Libraries.soname("libhelper.so")));
    Path module =
        Libraries.build(
            built.resolve("slot_module.cpython-314-x86_64-linux-gnu.so"),
            source(),
            Libraries.needing(helper, headers, "-l:" + sharedName));
    Files.createDirectories(site);
    for (Path file : new Path[] {shared, helper, module}) {
      Files.move(file, site.resolve(file.getFileName()));
    }
    Files.delete(built);
    return site;
  }

  private static String source() throws IOException {
    try (var in = CopiedImagesTest.class.getResourceAsStream("slot_module.cpp")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

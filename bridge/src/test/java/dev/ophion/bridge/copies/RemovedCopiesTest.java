package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Copies that another process removes after they were named and before they are opened. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class RemovedCopiesTest {

  @TempDir Path temporary;

  /** Nobody can remove what is in memory. */
  @BeforeEach
  void useTheDisk() {
    System.setProperty("dev.ophion.copiesOnDisk", "true");
  }

  @AfterEach
  void useMemoryAgain() {
    System.clearProperty("dev.ophion.copiesOnDisk");
  }

  /** An image in which the first copies of these names are removed at the worst moment. */
  private static Interpreter openWithout(String... stems) {
    Interpreter python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder().name("removed").isolation(Isolation.IMAGE).build());
    python.set("stems", List.of(stems));
    python.exec(
        """
        import _ophion, glob, os
        relocated = _ophion.relocated
        slot = os.fsdecode(_ophion.libpython()).rpartition('-')[2]
        removed = []
        def removing(path, is_extension):
            copy = relocated(path, is_extension)
            if not removed:
                folder = os.path.dirname(os.fsdecode(copy))
                for stem in stems:
                    removed.extend(glob.glob(f'{folder}/{stem}*-{slot}'))
                for file in removed: os.unlink(file)
            return copy
        _ophion.relocated = removing
        """);
    return python;
  }

  @Test
  void module_removedBeforeItIsOpened_isImported() {
    try (Interpreter python = openWithout("_json")) {
      assertThat(python.eval("__import__('_json').__name__")).isEqualTo("_json");
      assertThat(python.eval("len(removed) > 0")).isEqualTo(true);
    }
  }

  @Test
  void libraryThatAModuleDependsOn_removedBeforeItIsOpened_isThere() throws Exception {
    Path site = CopiedImagesTest.buildModule(temporary.toRealPath().resolve("site"));
    try (Interpreter python = openWithout("libhelper")) {
      python.exec("import sys; sys.path.insert(0, r'" + site + "'); import slot_module");
      assertThat(python.eval("slot_module.helper_count()")).isEqualTo(1L);
      assertThat(python.eval("len(removed) > 0")).isEqualTo(true);
    }
  }

  @Test
  void libraryOpenedByCtypes_removedBefore_isOpened() throws Exception {
    Path library = Libraries.usingPython(temporary.toRealPath().resolve("libuses.so"));
    try (Interpreter python = openWithout("libuses")) {
      python.exec("import ctypes; ctypes.CDLL(r'" + library + "')");
      assertThat(python.eval("len(removed) > 0")).isEqualTo(true);
    }
  }

  @Test
  void libraryOfItsOwnThatIsMissing_isStillNamed() throws Exception {
    // Another test's library of the same name may be loaded yet, and would do.
    String name = "libmissing.so";
    Path site = CopiedImagesTest.buildModule(temporary.toRealPath().resolve("site"), name);
    Files.delete(site.resolve(name));
    try (Interpreter python = openWithout()) {
      assertThatThrownBy(
              () ->
                  python.exec(
                      "import sys; sys.path.insert(0, r'" + site + "')\nimport slot_module"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining(name);
    }
  }
}

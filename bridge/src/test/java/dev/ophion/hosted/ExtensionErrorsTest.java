package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.relocation.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Extension modules that do not let themselves be imported. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class ExtensionErrorsTest {

  /** As often as an object would have to be freed twice for the allocator to see it. */
  private static final int TIMES = 20;

  @TempDir private static Path folder;

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("extensions");
    python.set("folder", folder.toString());
    python.exec("import sys; sys.path.insert(0, folder)");
  }

  @AfterEach
  void close() {
    python.close();
  }

  /** Makes a module that no other test has imported. */
  private String build(String how) throws IOException, InterruptedException {
    Tools.require("g++");
    String include = python.eval("__import__('sysconfig').get_path('include')", String.class);
    String name = how.toLowerCase(Locale.ROOT) + System.nanoTime();
    Path source = folder.resolve("raising.cpp");
    try (InputStream in = ExtensionErrorsTest.class.getResourceAsStream("raising.cpp")) {
      Files.write(source, in.readAllBytes());
    }
    Tools.Result result =
        Tools.run(
            folder.resolve("compiler.log"),
            Map.of(),
            List.of(
                "g++",
                "-shared",
                "-fPIC",
                "-isystem",
                include,
                "-DNAME=" + name,
                "-DHOW=" + how,
                "-o",
                folder.resolve(name + ".so").toString(),
                source.toString()));
    assertThat(result.status()).as(result.output()).isZero();
    return name;
  }

  @ParameterizedTest
  @CsvSource({
    "RAISES_IMPORT_ERROR, ImportError, libfoo is too old",
    "RAISES_TYPE_ERROR, Error, whatever",
    "RAISES_OF_OWN_CLASS, Error, of its own",
    "RETURNS_NOTHING, SystemError, without raising an exception",
    "RETURNS_AND_RAISES, Error, ''",
  })
  void moduleThatRaises_isAnImportError(String how, String kind, String text) throws Exception {
    String name = build(how);
    for (int i = 0; i < TIMES; i++) {
      assertThatThrownBy(() -> python.importModule(name))
          .hasMessageContaining(kind)
          .hasMessageContaining(text);
    }
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
  }

  @ParameterizedTest
  @CsvSource({
    "RAISES_IMPORT_ERROR, ImportError: libfoo is too old",
    "RAISES_TYPE_ERROR, TypeError: whatever",
    "RAISES_OF_OWN_CLASS, of its own",
    "RETURNS_NOTHING, SystemError",
    "RETURNS_AND_RAISES, and yet",
    "IS_OF_ONE_PHASE, does not declare support for interpreters with their own GIL",
  })
  void moduleThatRaises_isAnImportErrorInANestedInterpreter(String how, String text)
      throws Exception {
    python.set("name", build(how));
    python.exec(
        """
        from concurrent import interpreters
        def try_import():
            nested = interpreters.create()
            try:
                nested.exec(f'import sys; sys.path.insert(0, {folder!r}); import {name}')
            finally:
                nested.close()
        """);
    for (int i = 0; i < TIMES; i++) {
      assertThatThrownBy(() -> python.call("try_import")).hasMessageContaining(text);
    }
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
  }

  @Test
  void moduleThatRaisesTheSecondTime_isImportedOnce() throws Exception {
    String name = build("RAISES_THE_SECOND_TIME");
    python.importModule(name).close();
    python.exec("sys.modules.pop('%s')".formatted(name));
    assertThatThrownBy(() -> python.importModule(name)).hasMessageContaining("only once");
  }

  @Test
  void moduleThatWorks_isImportedFromItsFile() throws Exception {
    String name = build("WORKS");
    python.exec("import %s as m".formatted(name));
    assertThat(python.eval("m.answer")).isEqualTo(42L);
    assertThat(python.eval("m.__spec__.origin == m.__file__ and m.__file__.startswith(folder)"))
        .isEqualTo(true);
  }

  @Test
  void fileWithoutInitFunction_orThatIsNoLibrary_isAnImportError() throws Exception {
    Path misnamed = folder.resolve("misnamed.so");
    Files.copy(folder.resolve(build("WORKS") + ".so"), misnamed);
    assertThatThrownBy(() -> python.importModule("misnamed"))
        .hasMessageContaining("ImportError")
        .hasMessageContaining("PyInit_misnamed");
    Files.writeString(folder.resolve("text.so"), "no library");
    assertThatThrownBy(() -> python.importModule("text")).hasMessageContaining("ImportError");
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonSyntaxException;
import dev.ophion.Tuple;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sources have names, and Python knows their lines. */
@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class SourcesTest {

  private static final String FORMAT =
      """
      import traceback
      def formatted(function):
          try: function()
          except Exception: return traceback.format_exc()
      """;

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("sources");
  }

  @AfterEach
  void close() {
    python.close();
  }

  private String eval(String expression) {
    return python.eval(expression, String.class);
  }

  private static StackTraceElement innermost(Throwable failure) {
    return failure.getStackTrace()[0];
  }

  @Test
  void fileName_isThatOfTheFrames() throws Exception {
    python.exec("def f():\n  return 1 / 0", "plugin.py");
    PythonException raised = catchThrowableOfType(PythonException.class, () -> python.call("f"));
    assertThat(innermost(raised).getFileName()).isEqualTo("plugin.py");
    assertThat(innermost(raised).getLineNumber()).isEqualTo(2);
    raised =
        catchThrowableOfType(
            PythonException.class, () -> python.eval("1 / 0", "formula A1", Object.class));
    assertThat(innermost(raised).getFileName()).isEqualTo("formula A1");
    python.async().exec("def g(): 1 / 0", "other.py").get();
    raised = catchThrowableOfType(PythonException.class, () -> python.call("g"));
    assertThat(innermost(raised).getFileName()).isEqualTo("other.py");
    assertThat(python.async().eval("6 * 7", "six.py", Integer.class).get()).isEqualTo(42);
  }

  @Test
  void fileName_isThatOfASyntaxError_andBlankOnesAreRefused() {
    assertThatThrownBy(() -> python.exec("x = (", "broken.py"))
        .isInstanceOfSatisfying(
            PythonSyntaxException.class, e -> assertThat(e.fileName()).isEqualTo("broken.py"));
    assertThatThrownBy(() -> python.exec("x = ("))
        .isInstanceOfSatisfying(
            PythonSyntaxException.class, e -> assertThat(e.fileName()).isEqualTo("<exec>"));
    assertThatThrownBy(() -> python.exec("x = 1", " "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blank");
    assertThatThrownBy(() -> python.async().eval("1", "", Object.class).get())
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tracebacks_showLines_ofNamedAndUnnamedSources() {
    python.exec(FORMAT);
    python.exec("def named():\n  return 1 / 0  # here", "plugin.py");
    python.exec("def unnamed():\n  return 1 / 0  # there");
    python.exec("def first(): return 1 / 0  # old\nold = first");
    python.exec("def first(): return 1 / 0  # new");
    assertThat(eval("formatted(named)")).contains("File \"plugin.py\", line 2", "# here");
    assertThat(eval("formatted(unnamed)")).contains("line 2, in unnamed", "# there");
    assertThat(eval("formatted(old)")).contains("# old").doesNotContain("# new");
    assertThat(eval("formatted(first)")).contains("# new");
    assertThat(eval("formatted(lambda: 1 / 0 if 'expression' else 2)")).contains("'expression'");
    python.exec("try:\n  1 / 0  # at the top\nexcept Exception: text = traceback.format_exc()");
    assertThat(eval("text")).contains("# at the top");
  }

  @Test
  void startCode_hasLinesToo() {
    InterpreterOptions options =
        InterpreterOptions.builder()
            .name("started")
            .startCode("def f():\n  'of the start'\nimport inspect")
            .build();
    try (Interpreter started = Python.start().newInterpreter(options)) {
      assertThat(started.eval("inspect.getsource(f)")).isEqualTo("def f():\n  'of the start'\n");
    }
  }

  @Test
  void inspect_findsTheSourceOfWhatExecDefined() {
    String function = "def f(x):\n    # a comment\n    return x + 1\n";
    String kind = "class C:\n    name = 'c'\n    def m(self):\n        return 1\n";
    String empty = "class Empty:\n    'nothing but this'\n";
    python.exec("import inspect\n\n" + function + "\n" + kind + "\n" + empty);
    python.exec("x = 1\n\n" + empty.replace("nothing", "something"), "second.py");
    python.exec("async def co():\n    pass\nf2 = lambda: 17\n");
    assertThat(eval("inspect.getsource(f)")).isEqualTo(function);
    assertThat(eval("inspect.getsource(C)")).isEqualTo(kind);
    assertThat(eval("inspect.getsource(C.m)")).isEqualTo("    def m(self):\n        return 1\n");
    assertThat(eval("inspect.getsource(C().m)")).contains("return 1");
    assertThat(eval("inspect.getsource(f.__code__)")).isEqualTo(function);
    assertThat(eval("inspect.getsource(co)")).isEqualTo("async def co():\n    pass\n");
    assertThat(eval("inspect.getsource(f2)")).contains("lambda: 17");
    assertThat(eval("inspect.getsource(Empty)")).contains("something but this");
    assertThatThrownBy(() -> python.eval("inspect.getsource(type('Made', (), {}))"))
        .hasMessageContaining("source");
  }

  @Test
  void inspect_isWrappedOnce_andOnlyWhenItIsImported() {
    python.exec("class C:\n  'of the first source'");
    python.exec(
        """
        import importlib.util, sys
        before = len(sys.meta_path)
        assert importlib.util.find_spec('inspect') and importlib.util.find_spec('inspect')
        assert 'inspect' in sys.modules or len(sys.meta_path) == before
        import inspect
        getfile = inspect.getfile
        """);
    assertThat(eval("inspect.getsource(C)")).contains("of the first source");
    assertThat(eval("str([type(f).__module__ for f in sys.meta_path])"))
        .doesNotContain("_ophion_support");
    python.exec("class D: pass");
    assertThat(python.eval("inspect.getfile is getfile")).isEqualTo(true);
  }

  @Test
  void frozenModules_haveFilesAndSource() {
    python.exec("import inspect, os, codecs, posixpath, io, abc, site, importlib.util, runpy");
    for (String name :
        List.of("os", "codecs", "posixpath", "io", "abc", "site", "importlib.util", "runpy")) {
      assertThat(eval(name + ".__file__")).as(name).endsWith(".py");
      assertThat(python.eval("os.path.exists(" + name + ".__file__)")).as(name).isEqualTo(true);
    }
    assertThat(eval("inspect.getsource(os.walk)")).startsWith("def walk(top");
    assertThat(eval("inspect.getsource(codecs.Codec)")).startsWith("class Codec:");
    python.exec(FORMAT);
    assertThat(eval("formatted(lambda: os.fspath(1) or os.makedirs('\\0'))")).contains("fspath");
    assertThat(eval("formatted(lambda: os.makedirs('\\0'))")).contains("mkdir(name, mode)");
  }

  @Test
  void frozenModules_haveSourceInNestedInterpreters() {
    python.exec(
        """
        from concurrent import interpreters
        nested = interpreters.create()
        nested.exec('import inspect, os; assert inspect.getsource(os.walk).startswith("def walk")')
        nested.close()
        """);
  }

  @Test
  void file_runsAsPythonDecodesIt(@TempDir Path folder) throws Exception {
    Path utf8 = folder.resolve("utf8.py");
    Files.writeString(utf8, "x = '\u00e9\ud83d\ude00'\ndef f():\n  return 1 / 0  # in a file\n");
    python.exec(utf8);
    assertThat(python.get("x")).isEqualTo("\u00e9\ud83d\ude00");
    assertThat(python.get("__file__")).isEqualTo(utf8.toString());
    PythonException raised = catchThrowableOfType(PythonException.class, () -> python.call("f"));
    assertThat(innermost(raised).getFileName()).isEqualTo(utf8.toString());
    python.exec(FORMAT + "import inspect");
    assertThat(eval("formatted(f)")).contains("# in a file");
    assertThat(eval("inspect.getsource(f)")).contains("# in a file");

    Path latin = folder.resolve("latin.py");
    Files.write(latin, "# coding: latin-1\ny = '\u00e9'".getBytes(StandardCharsets.ISO_8859_1));
    python.async().exec(latin).get();
    assertThat(python.get("y")).isEqualTo("\u00e9");

    Path marked = folder.resolve("marked.py");
    Files.writeString(marked, "\ufeffz = 3\r\nz += 1\r\n");
    python.exec(marked);
    assertThat(python.get("z")).isEqualTo(4L);

    Path broken = folder.resolve("broken.py");
    Files.write(broken, new byte[] {'x', '=', '"', (byte) 0xff, '"'});
    assertThatThrownBy(() -> python.exec(broken)).isInstanceOf(PythonSyntaxException.class);
    Files.write(broken, new byte[] {'x', '=', '1', 0, '2'});
    assertThatThrownBy(() -> python.exec(broken)).isInstanceOf(PythonSyntaxException.class);
  }

  @Test
  void file_ofAnotherFileSystem_runs_andAMissingOneIsNamed(@TempDir Path folder) throws Exception {
    Path zip = folder.resolve("code.zip");
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = files.getPath("/inside.py");
      Files.writeString(inside, "import traceback\ndef f():\n  return 1 / 0  # zipped\n");
      python.exec(inside);
    }
    PythonException raised = catchThrowableOfType(PythonException.class, () -> python.call("f"));
    assertThat(innermost(raised).getFileName()).isEqualTo("/inside.py");
    Path missing = folder.resolve("missing.py");
    assertThatThrownBy(() -> python.exec(missing))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("missing.py");
    assertThatThrownBy(() -> python.async().exec(missing).get())
        .hasCauseInstanceOf(UncheckedIOException.class);
  }

  @Test
  void manySources_takeBoundedRoom_andDefinitionsOutliveStatements() {
    python.exec("import linecache, inspect, gc\ndef kept():\n  'still here'");
    for (int i = 0; i < 2000; i++) {
      python.exec("x = " + i);
      python.eval(i + " + 1");
    }
    assertThat(eval("inspect.getsource(kept)")).contains("still here");
    assertThat(python.eval("len(linecache.cache)", Integer.class)).isLessThan(700);
    for (int i = 0; i < 1000; i++) {
      python.exec("def f" + i % 10 + "(): return " + i, "f" + i + ".py");
    }
    python.exec("x = '" + "y".repeat(20_000_000) + "'");
    assertThat(python.eval("len(linecache.cache)", Integer.class)).isLessThan(700);
    assertThat(
            python.eval(
                "sum(len(e[2]) and sum(map(len, e[2])) for e in linecache.cache.values())",
                Long.class))
        .isLessThan(20_000_000L);
  }

  @Test
  void nulInSource_isASyntaxError_notACut() {
    assertThatThrownBy(() -> python.exec("x = 1\nx = '\u00e9'\0 + 1/0"))
        .isInstanceOf(PythonSyntaxException.class)
        .hasMessageContaining("null bytes");
    assertThatThrownBy(() -> python.eval("'\u00e9'\0 + nonsense"))
        .isInstanceOf(PythonSyntaxException.class);
  }

  @Test
  void expression_mayBeIndented_andSourceRunsAgainAfresh() {
    assertThat(python.eval(" \t 1 + 1")).isEqualTo(2L);
    python.exec("count = 0");
    for (int i = 0; i < 3; i++) {
      python.exec("count += 1\nitems = []\nitems.append(count)");
    }
    assertThat(python.eval("(count, items)")).isEqualTo(Tuple.of(3L, List.of(3L)));
  }
}

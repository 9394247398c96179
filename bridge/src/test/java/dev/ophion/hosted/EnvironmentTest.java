package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.PackageReport;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import dev.ophion.PythonOptions;
import dev.ophion.StartException;
import dev.ophion.bridge.environment.Packages;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What interpreters of a runtime with an environment see. */
@ExtendWith(NoLeftovers.class)
final class EnvironmentTest {

  private static final String RUN =
      """
      import subprocess, sys
      def run(code):
          return subprocess.run(
              [sys.executable, '-c', code], capture_output=True, text=True, check=True).stdout.strip()
      """;

  @TempDir Path temporary;

  @BeforeEach
  @AfterEach
  void closeRuntime() {
    Python.start().close();
  }

  private PythonEnvironment.Installed pure() throws IOException {
    Path wheels = temporary.resolve("wheels");
    Packages.wheel(wheels, "pure", "1.0", "VALUE = 'pure 1'\ndef main(): print(VALUE)\n");
    return PythonEnvironment.requirements("pure")
        .withPipArguments("--no-index", "--find-links", wheels.toString())
        .withDirectory(temporary.resolve("environments"));
  }

  private static Python start(PythonEnvironment environment) {
    return Python.start(PythonOptions.builder().environment(environment).build());
  }

  private static Interpreter open(Python python, Isolation isolation) {
    return python.newInterpreter(
        InterpreterOptions.builder().name("environment").isolation(isolation).build());
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void requirements_areSeenByInterpretersAndTheirChildren(Isolation isolation) throws IOException {
    try (Python python = start(pure());
        Interpreter interpreter = open(python, isolation)) {
      interpreter.exec(RUN + "import pure");
      assertThat(interpreter.eval("pure.VALUE")).isEqualTo("pure 1");
      assertThat(interpreter.eval("run('import pure; print(pure.VALUE)')")).isEqualTo("pure 1");
      assertThat(interpreter.eval("sys.executable")).isEqualTo(python.executable().toString());
    }
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void venv_looksAsInItsOwnPython(Isolation isolation) throws IOException {
    String look =
        "import sys, sysconfig, site; print([sys.prefix, sys.exec_prefix, sys.base_prefix,"
            + " sys._base_executable, sysconfig.get_paths(), site.getsitepackages(),"
            + " sysconfig.get_config_var('prefix'), sysconfig.get_config_var('EXT_SUFFIX')])";
    try (Python python = start(pure());
        Interpreter interpreter = open(python, isolation)) {
      interpreter.exec(RUN + "import io, contextlib\nheard = io.StringIO()");
      interpreter.exec(
          "with contextlib.redirect_stdout(heard):\n    exec(%s)".formatted("'''" + look + "'''"));
      assertThat(interpreter.eval("heard.getvalue().strip()"))
          .isEqualTo(interpreter.eval("run('''" + look + "''')"));
      assertThat(interpreter.eval("sys.path[-1]"))
          .isEqualTo(interpreter.eval("site.getsitepackages()[0]"));
    }
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void plainFolder_pthFilesAndAll_isSeen(Isolation isolation) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("folder"));
    Path further = Files.createDirectory(temporary.resolve("further"));
    Files.writeString(folder.resolve("plain.py"), "VALUE = 1\n");
    Files.writeString(further.resolve("behind.py"), "VALUE = 2\n");
    Files.writeString(folder.resolve("more.pth"), further + "\n");
    try (Python python = start(PythonEnvironment.of(folder));
        Interpreter interpreter = open(python, isolation)) {
      interpreter.exec(RUN + "import plain, behind");
      assertThat(interpreter.eval("[plain.VALUE, behind.VALUE]")).isEqualTo(List.of(1L, 2L));
      assertThat(interpreter.eval("run('import behind; print(behind.VALUE)')")).isEqualTo("2");
    }
  }

  @Test
  void pythonPath_goesBeforeTheEnvironment() throws IOException {
    Path mine = Files.createDirectory(temporary.resolve("mine"));
    Files.writeString(mine.resolve("pure.py"), "VALUE = 'mine'\n");
    PythonOptions options = PythonOptions.builder().environment(pure()).addPythonPath(mine).build();
    try (Python python = Python.start(options);
        Interpreter interpreter = python.newInterpreter("order")) {
      interpreter.exec("import pure");
      assertThat(interpreter.eval("pure.VALUE")).isEqualTo("mine");
    }
  }

  @Test
  void start_environmentThatDoesNotFit_failsAndCanBeRepeated() throws IOException {
    Path venv = Files.createDirectory(temporary.resolve("venv"));
    Files.writeString(venv.resolve("pyvenv.cfg"), "version = 3.12.1\n");
    assertThatThrownBy(() -> start(PythonEnvironment.of(venv)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("3.12.1");
    try (Python python = start(pure());
        Interpreter interpreter = python.newInterpreter("second")) {
      interpreter.exec("import pure");
    }
  }

  @Test
  void packageReport_pureAndMissing_saysSo() throws IOException {
    try (Python python = start(pure())) {
      List<PackageReport> reports = python.packageReport(List.of("Pure", "absent"));
      assertThat(reports)
          .extracting(PackageReport::name, report -> report.version().orElse("none"))
          .containsExactly(tuple("Pure", "1.0"), tuple("absent", "none"));
      assertThat(reports.get(0).in(Isolation.IMAGE).loading()).isEqualTo(PackageReport.Loading.YES);
      assertThat(reports.get(1).in(Isolation.IMAGE).loading()).isEqualTo(PackageReport.Loading.NO);
    }
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What interpreters with environments of their own see. */
@ExtendWith(NoLeftovers.class)
final class InterpreterEnvironmentTest {

  private static final String RUN =
      """
      import subprocess, sys
      def run(code):
          return subprocess.run(
              [sys.executable, '-c', code], capture_output=True, text=True, check=True).stdout.strip()
      """;

  /** Everything that follows from an environment, but for what is said to a main interpreter. */
  private static final String LOOK =
      "import sys, sysconfig, site; print([sys.prefix, sys.exec_prefix, sys.base_prefix,"
          + " sys.executable, sys._base_executable, sysconfig.get_paths(),"
          + " site.getsitepackages(), sysconfig.get_config_var('prefix')])";

  @TempDir Path temporary;

  @BeforeEach
  @AfterEach
  void closeRuntime() {
    Python.start().close();
  }

  private PythonEnvironment.Installed pure(String version) throws IOException {
    Path wheels = temporary.resolve("wheels");
    for (String each : List.of("1.0", "2.0")) {
      Packages.wheel(wheels, "pure", each, "VALUE = 'pure %s'\n".formatted(each));
    }
    return PythonEnvironment.requirements("pure==" + version)
        .withPipArguments("--no-index", "--find-links", wheels.toString())
        .withDirectory(temporary.resolve("environments"));
  }

  private static Python start(PythonEnvironment environment) {
    return Python.start(PythonOptions.builder().environment(environment).build());
  }

  private static Interpreter open(
      Python python, String name, Isolation isolation, PythonEnvironment environment) {
    return python.newInterpreter(
        InterpreterOptions.builder()
            .name(name)
            .isolation(isolation)
            .environment(environment)
            .build());
  }

  private static Interpreter open(Python python, Isolation isolation) {
    return python.newInterpreter(InterpreterOptions.builder().isolation(isolation).build());
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void environments_differ_eachInterpreterAndItsChildrenSeeTheirOwn(Isolation isolation)
      throws IOException {
    try (Python python = start(pure("1.0"));
        Interpreter usual = open(python, isolation);
        Interpreter other = open(python, "other", isolation, pure("2.0"));
        Interpreter bare = open(python, "bare", isolation, PythonEnvironment.embedded())) {
      for (Map.Entry<Interpreter, String> each : Map.of(usual, "1.0", other, "2.0").entrySet()) {
        Interpreter interpreter = each.getKey();
        interpreter.exec(RUN + "import pure, importlib.metadata");
        assertThat(interpreter.eval("pure.VALUE")).isEqualTo("pure " + each.getValue());
        assertThat(interpreter.eval("importlib.metadata.version('pure')"))
            .isEqualTo(each.getValue());
        assertThat(interpreter.eval("run('import pure; print(pure.VALUE)')"))
            .isEqualTo("pure " + each.getValue());
      }
      assertThatThrownBy(() -> bare.exec("import pure")).hasMessageContaining("No module named");
      assertThat(usual.eval("sys.executable")).isEqualTo(python.executable().toString());
      assertThat(other.eval("sys.executable")).isNotEqualTo(python.executable().toString());
      assertThat(python.metrics().subinterpreters() + python.metrics().images()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void environment_besideTheRuntimes_looksAsInItsOwnPython(Isolation isolation) throws IOException {
    PythonEnvironment embedded = PythonEnvironment.embedded();
    for (PythonEnvironment runtimes : List.of(embedded, pure("1.0"))) {
      try (Python python = start(runtimes);
          Interpreter venv = open(python, "venv", isolation, pure("2.0"));
          Interpreter bare = open(python, "bare", isolation, embedded)) {
        for (Interpreter interpreter : List.of(venv, bare)) {
          interpreter.exec(
              RUN
                  + "import io, contextlib\nheard = io.StringIO()\n"
                  + "look = \"\"\"%s\"\"\"\n".formatted(LOOK)
                  + "with contextlib.redirect_stdout(heard):\n    exec(look)\n");
          assertThat(interpreter.eval("heard.getvalue().strip()"))
              .as("%s beside %s", interpreter.name(), runtimes)
              .isEqualTo(interpreter.eval("run(look)"));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void nestedInterpreter_hasTheEnvironmentOfItsMaker(Isolation isolation) throws IOException {
    try (Python python = start(pure("1.0"));
        Interpreter other = open(python, "other", isolation, pure("2.0"))) {
      other.exec(
          """
          from concurrent import interpreters
          import sys
          queue = interpreters.create_queue()
          nested = interpreters.create()
          nested.prepare_main(queue=queue)
          nested.exec('import pure, sys; queue.put([pure.VALUE, sys.executable, sys.prefix])')
          seen = queue.get()
          nested.close()
          """);
      assertThat(other.eval("seen"))
          .isEqualTo(other.eval("['pure 2.0', sys.executable, sys.prefix]"));
    }
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void environment_thatDoesNotFit_isRefusedAndTheNameStaysFree(Isolation isolation)
      throws IOException {
    Path venv = Files.createDirectory(temporary.resolve("venv"));
    Files.writeString(venv.resolve("pyvenv.cfg"), "version = 3.12.1\n");
    try (Python python = start(PythonEnvironment.embedded())) {
      assertThatThrownBy(() -> open(python, "mine", isolation, PythonEnvironment.of(venv)))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("3.12.1");
      assertThat(python.interpreters()).isEmpty();
      try (Interpreter mine = open(python, "mine", isolation, pure("1.0"))) {
        mine.exec("import pure");
      }
    }
  }

  @Test
  void environment_wantedByTwoAtOnce_isInstalledForBoth() throws IOException {
    PythonEnvironment environment = pure("2.0");
    try (Python python = start(PythonEnvironment.embedded())) {
      List<CompletableFuture<Interpreter>> opening =
          Stream.of("left", "right")
              .map(
                  name ->
                      CompletableFuture.supplyAsync(
                          () -> open(python, name, Isolation.SUBINTERPRETER, environment)))
              .toList();
      for (CompletableFuture<Interpreter> each : opening) {
        try (Interpreter interpreter = each.join()) {
          interpreter.exec("import pure");
          assertThat(interpreter.eval("pure.VALUE")).isEqualTo("pure 2.0");
        }
      }
    }
  }

  @Test
  void pythonPaths_goBeforeTheEnvironment() throws IOException {
    Path mine = Files.createDirectory(temporary.resolve("mine"));
    Files.writeString(mine.resolve("pure.py"), "VALUE = 'mine'\n");
    InterpreterOptions options =
        InterpreterOptions.builder().environment(pure("2.0")).addPythonPath(mine).build();
    try (Python python = start(pure("1.0"));
        Interpreter interpreter = python.newInterpreter(options)) {
      interpreter.exec("import pure");
      assertThat(interpreter.eval("pure.VALUE")).isEqualTo("mine");
    }
  }

  @Test
  void packageReport_forAnEnvironment_isAboutThatOne() throws IOException {
    try (Python python = start(pure("1.0"))) {
      List<PackageReport> reports = python.packageReport(pure("2.0"), List.of("pure"));
      assertThat(reports).extracting(PackageReport::version).containsExactly(Optional.of("2.0"));
      assertThat(python.packageReport(List.of("pure")))
          .extracting(PackageReport::version)
          .containsExactly(Optional.of("1.0"));
    }
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.StartException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The runtime's own life: each test starts and closes it. */
@ExtendWith(NoLeftovers.class)
final class RuntimeTest {

  @TempDir private Path folder;

  @BeforeEach
  @AfterEach
  void closeRuntime() {
    Python.start().close();
  }

  @Test
  void start_twice_givesTheSameRuntime() {
    assertThat(Python.start()).isSameAs(Python.start());
  }

  @Test
  void start_otherOptions_isRefusedWithBoth() {
    Python.start();
    PythonOptions other = PythonOptions.builder().addPythonPath(folder).build();
    assertThatThrownBy(() -> Python.start(other))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("other options")
        .hasMessageContaining(folder.toString());
  }

  @Test
  void start_afterClose_startsAnew() {
    for (int i = 0; i < 3; i++) {
      try (Python python = Python.start();
          Interpreter interpreter = python.newInterpreter("again")) {
        interpreter.exec("import json, decimal, threading, ctypes");
        assertThat(interpreter.eval("json.loads('[1]')")).isEqualTo(List.of(1L));
      }
    }
  }

  @Test
  void start_afterTheOriginalLibpythonWasTouched_goesOnWithTheLoadedCopy() throws IOException {
    Path libpython;
    try (Python python = Python.start()) {
      libpython = python.executable().resolveSibling("../libpython3.14.so.1.0").toRealPath();
    }
    FileTime modified = Files.getLastModifiedTime(libpython);
    try {
      Files.setLastModifiedTime(libpython, FileTime.from(Instant.EPOCH));
      try (Python python = Python.start();
          Interpreter interpreter = python.newInterpreter("again")) {
        interpreter.exec("import _decimal, ctypes");
        assertThat(interpreter.eval("ctypes.pythonapi.Py_IsInitialized()")).isEqualTo(1L);
      }
    } finally {
      Files.setLastModifiedTime(libpython, modified);
    }
  }

  @Test
  void close_withInterpretersOpen_closesThem() {
    Python python = Python.start();
    Interpreter first = python.newInterpreter("first");
    Interpreter second = python.newInterpreter("second");
    assertThat(python.interpreters()).containsExactlyInAnyOrder(first, second);
    python.close();
    python.close();
    assertThat(first.state()).isEqualTo(InterpreterState.CLOSED);
    assertThat(second.state()).isEqualTo(InterpreterState.CLOSED);
    assertThatThrownBy(() -> python.newInterpreter("third"))
        .isInstanceOf(InterpreterClosedException.class)
        .hasMessageContaining("Python.start()");
  }

  @Test
  void version_andExecutable_areTheEmbeddedOnes() throws Exception {
    Python python = Python.start();
    assertThat(python.version()).startsWith("3.14.");
    Process process =
        new ProcessBuilder(python.executable().toString(), "-c", "print(6 * 7)")
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("42\n");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void sysExecutable_runsChildren() {
    Python python = Python.start();
    try (Interpreter interpreter = python.newInterpreter("children")) {
      interpreter.exec(
          """
          import subprocess, sys
          out = subprocess.run([sys.executable, '-c', 'print(1 + 1)'], capture_output=True, text=True)
          """);
      assertThat(interpreter.eval("out.stdout")).isEqualTo("2\n");
      assertThat(interpreter.eval("sys.executable")).isEqualTo(python.executable().toString());
    }
  }

  @Test
  void pythonPath_ofRuntimeAndInterpreter_comesFirstAndInOrder() throws IOException {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Path own = Files.createDirectory(folder.resolve("own"));
    Files.writeString(shared.resolve("mine.py"), "where = 'shared'");
    Files.writeString(shared.resolve("common.py"), "where = 'shared'");
    Files.writeString(own.resolve("mine.py"), "where = 'own'");
    PythonOptions options = PythonOptions.builder().addPythonPath(shared).build();
    InterpreterOptions withOwn =
        InterpreterOptions.builder().name("paths").addPythonPath(own).build();
    try (Python python = Python.start(options);
        Interpreter interpreter = python.newInterpreter(withOwn)) {
      interpreter.exec("import mine, common");
      assertThat(interpreter.eval("[mine.where, common.where]"))
          .isEqualTo(List.of("own", "shared"));
    }
  }

  @Test
  void pythonPath_withLineBreak_isRefused() {
    PythonOptions options = PythonOptions.builder().addPythonPath(folder.resolve("a\nb")).build();
    assertThatThrownBy(() -> Python.start(options))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("a\nb")
        .hasMessageContaining("rename");
  }

  @Test
  void signalHandlers_areTheJvmsOwn() {
    try (Interpreter interpreter = Python.start().newInterpreter("signals")) {
      interpreter.exec("import signal");
      assertThat(interpreter.eval("signal.getsignal(signal.SIGINT) is signal.default_int_handler"))
          .isEqualTo(false);
    }
  }
}

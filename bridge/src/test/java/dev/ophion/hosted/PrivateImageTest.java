package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.bridge.image.ImageSlots;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is special about an interpreter with a libpython of its own. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class PrivateImageTest {

  private static final int CYCLES = 50;

  private static Interpreter open(String name) {
    return Python.start()
        .newInterpreter(InterpreterOptions.builder().name(name).isolation(Isolation.IMAGE).build());
  }

  @Test
  void twoImages_haveEachALibpythonOfTheirOwn() {
    try (Interpreter first = open("first");
        Interpreter second = open("second")) {
      String where = "__import__('_ophion').libpython()";
      assertThat(first.isolation()).isEqualTo(Isolation.IMAGE);
      assertThat(first.eval(where)).isNotEqualTo(second.eval(where));
      String address =
          "__import__('ctypes').cast(__import__('ctypes').pythonapi.Py_IncRef,"
              + " __import__('ctypes').c_void_p).value";
      assertThat(first.eval(address)).isNotEqualTo(second.eval(address));
    }
  }

  @Test
  void pythonapi_callsTheOwnCPython() {
    try (Interpreter python = open("api")) {
      python.exec(
          """
          import ctypes, sys
          number = 12345678901
          before = sys.getrefcount(number)
          ctypes.pythonapi.Py_IncRef(ctypes.py_object(number))
          after = sys.getrefcount(number)
          ctypes.pythonapi.Py_DecRef(ctypes.py_object(number))
          """);
      assertThat(python.eval("after - before")).isEqualTo(1L);
      assertThat(python.eval("ctypes.CDLL(None).abs(-5)")).isEqualTo(5L);
      assertThat(python.eval("ctypes.PyDLL(None)._handle == ctypes.pythonapi._handle"))
          .isEqualTo(true);
      assertThat(
              python.eval(
                  "ctypes.CDLL('libpython3.14.so.1.0')._handle == ctypes.pythonapi._handle"))
          .isEqualTo(true);
    }
  }

  @Test
  void extensionModule_says_theFileItWasImportedFrom() {
    try (Interpreter python = open("file")) {
      python.exec("import _json, _decimal");
      assertThat(python.eval("_json.__file__", String.class)).contains("lib-dynload");
      assertThat(python.eval("_json.__spec__.origin == _json.__file__")).isEqualTo(true);
    }
  }

  @Test
  void extensionModule_withARelativePath_isFoundFromPythonsOwnFolder() {
    try (Interpreter python = open("relative")) {
      python.exec(
          """
          import _json, importlib.machinery, importlib.util, os
          here = os.getcwd()
          os.chdir(os.path.dirname(_json.__file__))
          name = os.path.basename(_json.__file__)
          loader = importlib.machinery.ExtensionFileLoader('_json', name)
          spec = importlib.machinery.ModuleSpec('_json', loader, origin=name)
          module = importlib.util.module_from_spec(spec)
          os.chdir(here)
          """);
      assertThat(python.eval("module.encode_basestring('a')")).isEqualTo("\"a\"");
    }
  }

  /** They are made by C code, past concurrent.interpreters. */
  @Test
  void interpretersOfCPythonsOwnTests_loadCopies_andAreGuarded() {
    try (Interpreter python = open("tests")) {
      python.set(
          "code",
          """
          import _decimal, os
          _decimal.Decimal(1)
          try: os._exit(3)
          except RuntimeError: pass
          else: raise AssertionError
          """);
      python.exec(
          """
          import _interpreters, _testcapi, _testinternalcapi
          config = _interpreters.new_config('legacy')
          made = _testinternalcapi.create_interpreter()
          """);
      for (String run :
          List.of(
              "_testcapi.run_in_subinterp(code)",
              "_testinternalcapi.run_in_subinterp_with_config(code, config=config)",
              "_testinternalcapi.exec_interpreter(made, code)")) {
        assertThat(python.eval(run)).as(run).isEqualTo(0L);
      }
      python.exec("_testinternalcapi.destroy_interpreter(made)");
    }
  }

  @Test
  void flags_say_thatSiteRan() {
    try (Interpreter python = open("flags")) {
      assertThat(python.eval("__import__('sys').flags.no_site")).isEqualTo(0L);
      assertThat(python.eval("'-S' in __import__('subprocess')._args_from_interpreter_flags()"))
          .isEqualTo(false);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "os.fork()",
        "os.forkpty()",
        "os.execv('/bin/true', ['true'])",
        "os.execlp('true', 'true')",
        "os._exit(1)",
        "os.abort()",
        "subprocess.run(['true'], preexec_fn=print)",
        "signal.signal(signal.SIGINT, signal.SIG_DFL)",
        "signal.signal(signal.SIGSEGV, print)",
        "signal.alarm(1)",
        "signal.raise_signal(signal.SIGSEGV)",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "faulthandler.enable()",
        "faulthandler.register(signal.SIGUSR2)",
        "faulthandler.dump_traceback_later(1, exit=True)",
        "faulthandler._sigsegv()",
        "faulthandler._fatal_error_c_thread()",
        "multiprocessing.get_context('fork').Process(target=print).start()",
      })
  void whatActsOnTheWholeProcess_isRefused(String code) {
    try (Interpreter python = open("forbidden")) {
      python.exec("import faulthandler, multiprocessing, os, signal, subprocess");
      assertThatThrownBy(() -> python.exec(code))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("refused");
      assertThat(python.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @Test
  void children_run_withTheSamePython() {
    try (Interpreter python = open("children")) {
      python.exec(
          """
          import subprocess, sys
          child = subprocess.run([sys.executable, '-c', 'import sys; print(sys.version)'],
                                 capture_output=True, text=True, check=True)
          """);
      assertThat(python.eval("child.stdout.strip() == sys.version")).isEqualTo(true);
    }
  }

  @Test
  void globalSymbols_askedFor_stayLocal() {
    try (Interpreter python = open("global")) {
      python.exec(
          """
          import ctypes, os, sys
          sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)
          import _decimal
          ctypes.CDLL(_decimal.__file__, mode=ctypes.RTLD_GLOBAL)
          ctypes.CDLL(None, mode=ctypes.RTLD_GLOBAL)
          import _sqlite3
          """);
      try (Interpreter other = open("other")) {
        assertThat(other.eval("__import__('_decimal').Decimal('1.5') * 2 == 3")).isEqualTo(true);
      }
    }
  }

  @Test
  void closedAndOpenedAgain_withTheStandardLibrary_leavesNothingMapped() throws IOException {
    int retired = ImageSlots.retired();
    for (int i = 0; i < CYCLES; i++) {
      try (Interpreter python = open("again")) {
        python.exec(
            """
            import asyncio, ctypes, decimal, hashlib, json, sqlite3, ssl, threading, _thread
            hashlib.sha256(b'x').digest()
            ssl.create_default_context()
            threads = [threading.Thread(target=hashlib.sha256, args=(b'x',)) for _ in range(4)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            _thread.start_new_thread(hashlib.sha256, (b'x',))
            ctypes.CFUNCTYPE(None)(lambda: None)()
            """);
        python.close(Duration.ofMinutes(1)); // waits for the very end
      }
    }
    assertThat(ImageSlots.retired()).isEqualTo(retired);
    assertThat(ImageSlots.open()).isZero();
    assertThat(mapped("-s1")).isEmpty();
  }

  private static List<String> mapped(String ending) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains("/copies/") && line.contains(ending)).toList();
    }
  }

  @Test
  void manyThreads_thatEndBesideTheImage_doNotRunIntoUnmappedCode() {
    for (int i = 0; i < CYCLES; i++) {
      try (Interpreter python = open("threads")) {
        python.exec(
            """
            import _thread, threading
            for _ in range(200): _thread.start_new_thread(int, ())
            for _ in range(20): threading.Thread(target=int, daemon=True).start()
            """);
      }
    }
  }

  @Test
  void metrics_countWhatIsOpen() {
    try (Interpreter python = open("counted")) {
      python.exec("import _json");
      assertThat(Python.start().metrics().images()).isEqualTo(1);
      assertThat(Python.start().metrics().subinterpreters()).isZero();
      assertThat(Python.start().metrics().copiesSizeBytes()).isGreaterThan(1_000_000);
    }
    assertThat(Python.start().metrics().images()).isZero();
  }

  @Test
  void imageAndSubinterpreter_ofOneRuntime_exchangeMemory() {
    try (Interpreter image = open("image");
        Interpreter sub =
            Python.start()
                .newInterpreter(
                    InterpreterOptions.builder()
                        .name("sub")
                        .isolation(Isolation.SUBINTERPRETER)
                        .build())) {
      image.exec("data = bytearray(100_000)");
      try (var payload = image.dump("data", dev.ophion.Access.WRITABLE)) {
        sub.load("data", payload);
      }
      sub.exec("data[5] = 77");
      assertThat(image.eval("data[5]")).isEqualTo(77L);
      sub.exec("del data");
    }
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ophion.Interpreter;
import dev.ophion.PackageNotLoadableException;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonExitException;
import dev.ophion.PythonSyntaxException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeftovers.class)
final class ErrorsTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("errors");
  }

  @AfterEach
  void close() {
    python.close();
  }

  private PythonException raisedBy(String source) {
    return catchThrowableOfType(PythonException.class, () -> python.exec(source));
  }

  @Test
  void exception_typeMessageNotes_arrive() {
    PythonException raised =
        raisedBy("e = KeyError('k')\ne.add_note('one')\ne.add_note('two')\nraise e");
    assertThat(raised.typeName()).isEqualTo("KeyError");
    assertThat(raised.pythonMessage()).isEqualTo("'k'");
    assertThat(raised.notes()).containsExactly("one", "two");
    assertThat(raised).hasMessage("KeyError: 'k'\none\ntwo");
  }

  @Test
  void exception_ofAModule_isQualified() {
    assertThat(raisedBy("import json; json.loads('{')").typeName())
        .isEqualTo("json.decoder.JSONDecodeError");
  }

  @Test
  void frames_pythonAboveJava_innermostFirst() {
    PythonException raised = raisedBy("def inner(): 1 / 0\ndef outer():\n  inner()\nouter()");
    StackTraceElement[] trace = raised.getStackTrace();
    assertThat(trace[0].getMethodName()).isEqualTo("inner");
    assertThat(trace[0].getFileName()).isEqualTo("<exec>");
    assertThat(trace[0].getLineNumber()).isEqualTo(1);
    assertThat(trace[1].getMethodName()).isEqualTo("outer");
    assertThat(trace[1].getLineNumber()).isEqualTo(3);
    assertThat(trace[2].getMethodName()).isEqualTo("<module>");
    assertThat(trace[3].getClassName()).startsWith(ErrorsTest.class.getName());
    assertThat(raised.pythonFrames()).hasSize(3);
  }

  @Test
  void cause_isTheCause() {
    PythonException raised =
        raisedBy("try:\n  1 / 0\nexcept Exception as e:\n  raise ValueError('outer') from e");
    assertThat(raised.getCause())
        .isInstanceOfSatisfying(
            PythonException.class, e -> assertThat(e.typeName()).isEqualTo("ZeroDivisionError"));
  }

  @Test
  void context_isTheCause_unlessSuppressed() {
    assertThat(raisedBy("try:\n  1 / 0\nexcept Exception:\n  raise ValueError('outer')"))
        .hasCauseInstanceOf(PythonException.class);
    assertThat(raisedBy("try:\n  1 / 0\nexcept Exception:\n  raise ValueError('x') from None"))
        .hasNoCause();
  }

  @Test
  void causeCycle_ends() {
    assertThat(
            raisedBy(
                "a = ValueError('a'); b = ValueError('b')\n"
                    + "a.__cause__ = b; b.__cause__ = a\nraise a"))
        .hasCauseInstanceOf(PythonException.class);
  }

  @Test
  void systemExit_isAnExceptionWithItsCode() {
    assertThat(((PythonExitException) raisedBy("import sys; sys.exit(3)")).code()).isEqualTo(3);
    assertThat(((PythonExitException) raisedBy("raise SystemExit")).code()).isZero();
    assertThat(((PythonExitException) raisedBy("raise SystemExit('text')")).code()).isEqualTo(1);
    assertThat(((PythonExitException) raisedBy("raise SystemExit(10 ** 30)")).code()).isEqualTo(-1);
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
  }

  @Test
  void syntaxError_hasLineAndCaret() {
    PythonSyntaxException raised = (PythonSyntaxException) raisedBy("x = 1\ny = (2 +* 3)\n");
    assertThat(raised.line()).isEqualTo(2);
    assertThat(raised.column()).isEqualTo(9);
    assertThat(raised.excerpt()).isEqualTo("y = (2 +* 3)\n        ^");
    assertThat(raised.getMessage()).contains("SyntaxError", "line 2", "y = (2 +* 3)");
  }

  @Test
  void syntaxError_indentation_isOneToo() {
    assertThat(raisedBy("if True:\npass")).isInstanceOf(PythonSyntaxException.class);
  }

  @Test
  void exceptionWhoseStrRaises_stillArrives() {
    PythonException raised =
        raisedBy("class E(Exception):\n  def __str__(self): raise KeyError\nraise E");
    assertThat(raised.typeName()).isEqualTo("E");
    assertThat(raised.pythonMessage()).contains("KeyError");
  }

  @Test
  void exceptionWithLoneSurrogate_stillArrives() {
    assertThat(raisedBy("raise ValueError('\\ud800')").pythonMessage()).isEqualTo("\\ud800");
  }

  @Test
  void exceptionGroup_arrives() {
    assertThat(raisedBy("raise ExceptionGroup('many', [ValueError(1)])").typeName())
        .isEqualTo("ExceptionGroup");
  }

  @Test
  @Tag("subinterpreter")
  void singlePhaseModule_isRefusedBeforeItIsOpened() {
    assertThatThrownBy(() -> python.importModule("_testsinglephase"))
        .isInstanceOfSatisfying(
            PackageNotLoadableException.class,
            e -> assertThat(e.moduleName()).isEqualTo("_testsinglephase"))
        .hasMessageContaining("single-phase");
    assertThat(python.eval("'_testsinglephase' in open('/proc/self/maps').read()"))
        .isEqualTo(false);
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
  }

  @Test
  @Tag("subinterpreter")
  void importModule_wrappedRefusal_isStillARefusal() {
    python.exec(
        """
        import sys, types
        class Finder:
            def find_spec(self, name, path=None, target=None):
                if name == 'wrapper':
                    import importlib.util
                    return importlib.util.spec_from_loader(name, self)
            def create_module(self, spec): return None
            def exec_module(self, module):
                try:
                    import _testsinglephase
                except ImportError as e:
                    raise ImportError('wrapper is broken') from e
        sys.meta_path.append(Finder())
        """);
    assertThatThrownBy(() -> python.importModule("wrapper"))
        .isInstanceOf(PackageNotLoadableException.class)
        .hasMessageContaining("_testsinglephase")
        .cause()
        .hasMessageContaining("wrapper is broken");
  }

  @Test
  void whatWouldEndTheJvm_isRefused() {
    for (String deadly :
        new String[] {
          "import os; os._exit(1)",
          "import os; os.abort()",
          "import os; os.fork()",
          "import os; os.execv('/bin/true', ['true'])",
          "import signal; signal.signal(signal.SIGSEGV, signal.SIG_DFL)",
          "import faulthandler; faulthandler.enable()"
        }) {
      assertThat(raisedBy(deadly)).as(deadly).isNotNull();
    }
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
  }
}

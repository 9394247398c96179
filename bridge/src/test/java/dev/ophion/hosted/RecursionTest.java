package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recursion without end raises in time, on small and on large carrier stacks. */
@ExtendWith(NoLeftovers.class)
final class RecursionTest {

  private static final String[] DEEP = {
    "def f(): return f()\nf()",
    "x = []\nfor _ in range(10**6): x = [x]\nrepr(x)",
    "import pickle\nx = []\nfor _ in range(10**6): x = [x]\npickle.dumps(x)",
    "import json\nx = []\nfor _ in range(10**6): x = [x]\njson.dumps(x)",
    "import json\njson.loads('[' * 10**6)",
    "class A:\n  def __getattr__(self, name): return getattr(self, name + 'x')\nA().x",
    "class A:\n  def __repr__(self): return repr(self)\nrepr(A())",
    "class A:\n  def __eq__(self, o): return self == o\n  __hash__ = None\nA() == A()",
    "sorted([1, 2], key=(g := lambda n: g(n)))",
    "import re, sys\nre.compile('(' * 10**5 + ')' * 10**5)",
    "import copy\nx = []\nfor _ in range(10**6): x = [x]\ncopy.deepcopy(x)",
  };

  @ParameterizedTest
  @ValueSource(longs = {1 << 20, 16 << 20})
  void deepRecursion_raisesRecursionError(long stackSizeBytes) {
    InterpreterOptions options =
        InterpreterOptions.builder().name("deep").stackSizeBytes(stackSizeBytes).build();
    try (Interpreter python = Python.start().newInterpreter(options)) {
      for (String source : DEEP) {
        assertThatThrownBy(() -> python.exec(source))
            .as(source)
            .isInstanceOfSatisfying(
                PythonException.class, e -> assertThat(e.typeName()).isEqualTo("RecursionError"));
      }
      assertThat(python.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1 << 20, 16 << 20})
  void deepSource_raisesInsteadOfCrashing(long stackSizeBytes) {
    InterpreterOptions options =
        InterpreterOptions.builder().name("deep").stackSizeBytes(stackSizeBytes).build();
    try (Interpreter python = Python.start().newInterpreter(options)) {
      for (String source :
          new String[] {"eval('(' * 5000 + ')' * 5000)", "eval('-' * 10**5 + '1')"}) {
        assertThatThrownBy(() -> python.exec(source)).isInstanceOf(PythonException.class);
      }
    }
  }
}

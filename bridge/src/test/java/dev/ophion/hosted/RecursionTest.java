package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
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

  private static Interpreter withStack(long sizeBytes) {
    InterpreterOptions options =
        InterpreterOptions.builder().name("deep").stackSizeBytes(sizeBytes).build();
    return Python.start().newInterpreter(options);
  }

  @ParameterizedTest
  @ValueSource(longs = {1 << 20, 16 << 20})
  void deepRecursion_raisesRecursionError(long stackSizeBytes) {
    try (Interpreter python = withStack(stackSizeBytes)) {
      for (String source : DEEP) {
        assertRaisesRecursionError(python, source);
      }
      assertThat(python.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1 << 20, 16 << 20})
  void deepSource_raisesInsteadOfCrashing(long stackSizeBytes) {
    try (Interpreter python = withStack(stackSizeBytes)) {
      for (String source :
          new String[] {"eval('(' * 5000 + ')' * 5000)", "eval('-' * 10**5 + '1')"}) {
        assertThatThrownBy(() -> python.exec(source)).isInstanceOf(PythonException.class);
      }
    }
  }

  /** Calls itself through native code as deep as it goes, and calls Java at the deepest point. */
  private static final String BOTTOM =
      """
      import sys
      sys.setrecursionlimit(10**6)
      def dive(n):
          use()
          try:
              return sorted([1], key=lambda _: dive(n + 1))
          except RecursionError:
              use()
              raise
      """;

  @ParameterizedTest
  @ValueSource(longs = {1 << 19, 1 << 20, 16 << 20})
  void output_atTheStacksEnd_isTaken(long stackSizeBytes) {
    AtomicLong lines = new AtomicLong();
    InterpreterOptions options =
        InterpreterOptions.builder()
            .name("deep")
            .stackSizeBytes(stackSizeBytes)
            .stdout(Output.lines(line -> lines.incrementAndGet()))
            .build();
    try (Interpreter python = Python.start().newInterpreter(options)) {
      python.exec(BOTTOM + "def use(): print('here')");
      assertRaisesRecursionError(python, "dive(0)");
      assertThat(lines).hasValueGreaterThan(20);
      assertThat(python.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1 << 20, 16 << 20})
  void nestedInterpreter_recursingThroughNativeCode_raisesRecursionError(long stackSizeBytes) {
    try (Interpreter python = withStack(stackSizeBytes)) {
      python.exec("from concurrent import interpreters\nnested = interpreters.create()");
      python.set("source", BOTTOM + "def use(): pass\ndive(0)");
      assertThatThrownBy(() -> python.exec("nested.exec(source)"))
          .isInstanceOf(PythonException.class)
          .hasMessageContaining("ExecutionFailed")
          .hasMessageContaining("RecursionError");
      python.exec("nested.close()");
    }
  }

  /** Native code may take much of a stack before it calls Python again, as NumPy does. */
  @ParameterizedTest
  @ValueSource(longs = {1 << 20, 16 << 20})
  void python_calledByNativeCodeBeyondTheLimit_raisesRecursionError(long stackSizeBytes) {
    try (Interpreter python = withStack(stackSizeBytes)) {
      python.exec(
          """
          import ctypes, sys
          class Large(ctypes.Structure):
              _fields_ = [("bytes", ctypes.c_char * 60_000)]
          large = Large()
          sys.unraisablehook = lambda _: None
          @ctypes.CFUNCTYPE(None, Large)
          def call_back(_): repr([[[]]])
          """
              + BOTTOM
              + "def use(): call_back(large)");
      assertRaisesRecursionError(python, "dive(0)");
      assertThat(python.eval("1 + 1")).isEqualTo(2L);
    }
  }

  /** Threads of Python's are the JVM's too from their first line of output on. */
  @ParameterizedTest
  @ValueSource(ints = {0, 64 << 10, 128 << 10, 256 << 10, 1 << 20})
  void pythonThread_recursingThroughNativeCode_raisesRecursionError(int stackSizeBytes) {
    try (Interpreter python = Python.start().newInterpreter("deep")) {
      python.set("size", stackSizeBytes);
      python.exec(
          BOTTOM
              + """
              import threading
              raised = []
              def use(): print('here')
              def run():
                  try:
                      dive(0)
                  except RecursionError as e:
                      raised.append(type(e).__name__)
              threading.stack_size(size)
              thread = threading.Thread(target=run)
              thread.start()
              thread.join()
              threading.stack_size(0)
              """);
      assertThat(python.eval("raised")).isEqualTo(List.of("RecursionError"));
    }
  }

  /** Letting go of memory cannot be refused, and takes a call into Java. */
  @Test
  void threadWithSmallStack_letsGoOfLentMemory() {
    try (Interpreter python = Python.start().newInterpreter("small")) {
      python.set("lent", ByteBuffer.allocateDirect(64));
      python.exec(
          """
          import threading
          def drop():
              del globals()['lent']
          threading.stack_size(128 << 10)
          thread = threading.Thread(target=drop)
          thread.start()
          thread.join()
          threading.stack_size(0)
          """);
      assertThat(LeaseTable.openLeases()).isZero();
    }
  }

  private static void assertRaisesRecursionError(Interpreter python, String source) {
    assertThatThrownBy(() -> python.exec(source))
        .as(source)
        .isInstanceOfSatisfying(
            PythonException.class, e -> assertThat(e.typeName()).isEqualTo("RecursionError"));
  }
}

package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Native code that looks at no stack limit is called where Python's stack ends. */
@Tag("packages")
@Timeout(300)
@ExtendWith(NoLeftovers.class)
final class DeepStackTest {

  private static final String DIVE =
      """
      import os, sys
      os.environ["OPENBLAS_CORETYPE"] = "%s"
      import numpy
      matrix = numpy.eye(800, dtype="%s")
      used = []
      def dive(n):
          try:
              return sorted([1], key=lambda _: dive(n + 1))
          except RecursionError:
              if len(used) < 100:
                  use()
                  used.append(True)
              raise
      """;

  /**
   * At many depths, since a frame may lie on both sides of what is protected. The kernels for each
   * processor take different stacks. A processor without AVX-512 runs those of Haswell twice.
   */
  @ParameterizedTest
  @CsvSource({
    "1048576, 1000, Haswell, d, matrix @ matrix",
    "1048576, 1000, SkylakeX, d, numpy.linalg.svd(matrix)",
    "8388608, 1000000, SkylakeX, d, numpy.linalg.inv(matrix)",
    "16777216, 1000000, Haswell, d, matrix @ matrix",
    "16777216, 1000000, Haswell, D, 'numpy.linalg.solve(matrix, matrix)'",
    "16777216, 1000000, SkylakeX, d, 'numpy.linalg.solve(matrix, matrix)'",
  })
  void openblas_atTheStacksEnd_leavesARecursionError(
      long stackSizeBytes, int limit, String processor, String dtype, String use) {
    InterpreterOptions options =
        InterpreterOptions.builder()
            .name("deep")
            .isolation(Isolation.IMAGE)
            .stackSizeBytes(stackSizeBytes)
            .build();
    try (Interpreter python = PackageRuntime.start().newInterpreter(options)) {
      python.exec(DIVE.formatted(processor, dtype));
      python.exec("sys.setrecursionlimit(%d)\ndef use(): %s".formatted(limit, use));
      assertThatThrownBy(() -> python.exec("dive(0)"))
          .isInstanceOfSatisfying(
              PythonException.class, e -> assertThat(e.typeName()).isEqualTo("RecursionError"));
      assertThat(python.eval("len(used)")).isEqualTo(100L);
    }
  }
}

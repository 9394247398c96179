package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two versions of a compiled package at work in one JVM. */
@Tag("packages")
@ExtendWith(NoLeftovers.class)
@Timeout(600)
final class TwoVersionsTest {

  private static PythonEnvironment only(String requirement) {
    return PythonEnvironment.requirements(requirement).withPipArguments("--only-binary", ":all:");
  }

  private static Interpreter open(Python python, Isolation isolation, String requirement) {
    return python.newInterpreter(
        InterpreterOptions.builder().isolation(isolation).environment(only(requirement)).build());
  }

  @Test
  void numpy_inTwoVersions_worksAtOnceAndArraysCross() {
    Python python = PackageRuntime.start();
    try (Interpreter usual = PackageRuntime.open("usual", Isolation.IMAGE, "");
        Interpreter older = open(python, Isolation.IMAGE, "numpy==2.4.6")) {
      List<Interpreter> both = List.of(usual, older);
      for (Interpreter each : both) {
        each.exec(
            """
            import numpy, numpy.random, sys
            def solve(n):
                rng = numpy.random.default_rng(7)
                a = rng.random((n, n))
                x = numpy.linalg.solve(a, numpy.ones(n))
                return bool(numpy.allclose(a @ x, 1.0))
            """);
      }
      assertThat(both.stream().map(each -> each.eval("numpy.__version__")))
          .containsExactly("2.5.5", "2.4.6");
      assertThat(older.eval("numpy.__file__.startswith(sys.prefix)")).isEqualTo(true);
      List<CompletableFuture<Boolean>> solved =
          Stream.of(usual, older, usual, older)
              .map(each -> each.async().call("solve", Boolean.class, 200))
              .toList();
      assertThat(solved).allSatisfy(each -> assertThat(each.join()).isTrue());
      older.exec("a = numpy.arange(6.0).reshape(2, 3)");
      try (NdArray array = (NdArray) older.eval("a")) {
        usual.set("b", array);
        assertThat(usual.eval("type(b) is numpy.ndarray and float(b.sum())")).isEqualTo(15.0);
        usual.exec("del b; import gc; gc.collect()");
      }
    }
  }

  @Test
  void compiledPackage_inTwoVersions_worksInSubinterpreters() {
    Python python = PackageRuntime.start();
    try (Interpreter newer = open(python, Isolation.SUBINTERPRETER, "markupsafe==3.0.4");
        Interpreter older = open(python, Isolation.SUBINTERPRETER, "markupsafe==3.0.3")) {
      for (Interpreter each : List.of(newer, older)) {
        each.exec("import markupsafe, markupsafe._speedups, importlib.metadata, sys");
        assertThat(each.eval("markupsafe.escape('<') + ''").toString()).isEqualTo("&lt;");
        assertThat(each.eval("markupsafe._speedups.__file__.startswith(sys.prefix)"))
            .isEqualTo(true);
      }
      assertThat(newer.eval("importlib.metadata.version('markupsafe')")).isEqualTo("3.0.4");
      assertThat(older.eval("importlib.metadata.version('markupsafe')")).isEqualTo("3.0.3");
    }
  }
}

package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Keywords;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CallsGuideTest {

  private final Python python = Python.start();
  private Interpreter interpreter;

  @BeforeEach
  void makeInterpreter() {
    interpreter = python.newInterpreter("guide");
  }

  @AfterEach
  void close() {
    python.close();
  }

  record Summary(long n, double mean) {}

  @Test
  void names_inMain_areRunEvaluatedSetAndCalled() throws Exception {
    // example
    interpreter.exec(
        """
        from statistics import fmean

        def summary(values, digits=2):
            return {"n": len(values), "mean": round(fmean(values), digits)}
        """);
    interpreter.set("limit", 3);
    long twice = interpreter.eval("limit * 2", Long.class);
    Summary summary =
        interpreter.call("summary", Summary.class, List.of(1.5, 2.25), Keywords.of("digits", 1));
    String upper = interpreter.call("string:capwords", String.class, "module and name");
    // end of example

    assertThat(twice).isEqualTo(6);
    assertThat(summary).isEqualTo(new Summary(2, 1.9));
    assertThat(upper).isEqualTo("Module And Name");
  }

  @Test
  void functions_resolvedOnce_areCalledFast() {
    double sum = 0;
    // example
    try (PythonFunction square = interpreter.function("math:sqrt")) {
      for (int i = 0; i < 10; i++) {
        sum += square.call(Double.class, i * i);
      }
    }
    // end of example

    assertThat(sum).isEqualTo(45);
  }

  @Test
  void sources_withNames_areRun(@TempDir Path folder) throws Exception {
    Path script = Files.writeString(folder.resolve("script.py"), "area = lambda r: 3 * r ** 2");
    // example
    interpreter.exec("def area(r): return 3 * r * r", "shapes.py");
    interpreter.exec(script); // a java.nio.file.Path
    long area = interpreter.eval("area(2)", "console", Long.class);
    // end of example

    assertThat(area).isEqualTo(12);
  }

  @Test
  void output_ofOneCall_isCaught() {
    // example
    StringBuilder printed = new StringBuilder();
    interpreter
        .withOutput(Output.appendTo(printed), Output.inherit())
        .exec("print('only this call')");
    // end of example

    assertThat(printed).asString().isEqualTo("only this call\n");
  }

  @Test
  void objects_withoutACounterpart_areHandles() {
    List<Object> days = new ArrayList<>();
    // example
    try (PythonObject calendar = interpreter.importModule("calendar");
        PythonObject text = calendar.getAttribute("TextCalendar", PythonObject.class);
        PythonObject instance = text.call(PythonObject.class, 6);
        PythonObject iterator =
            instance.getAttribute("iterweekdays", PythonObject.class).call(PythonObject.class)) {
      for (Object day : iterator) {
        days.add(day);
      }
    }
    // end of example

    assertThat(days).containsExactly(6L, 0L, 1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void futures_ofTwoInterpreters_runAtTheSameTime() {
    List<Long> results;
    // example
    try (Interpreter other = python.newInterpreter("other")) {
      String source = "def count(n): return sum(range(n))";
      interpreter.exec(source);
      other.exec(source);
      CompletableFuture<Long> first = interpreter.async().call("count", Long.class, 1_000_000);
      CompletableFuture<Long> second = other.async().call("count", Long.class, 2_000_000);
      results = List.of(first.join(), second.join());
    }
    // end of example

    assertThat(results).containsExactly(499_999_500_000L, 1_999_999_000_000L);
  }

  @Test
  void attach_onTheCarrier_makesManySmallCalls() throws Exception {
    // example
    interpreter.exec("def step(x): return x * 3 % 1000");
    long last =
        interpreter.attach(
            () -> {
              try (PythonFunction step = interpreter.function("step")) {
                long x = 7;
                for (int i = 0; i < 1000; i++) {
                  x = step.call(Long.class, x); // neither a hand-over nor an attach
                }
                return x;
              }
            });
    // end of example

    long expected = 7;
    for (int i = 0; i < 1000; i++) {
      expected = expected * 3 % 1000;
    }
    assertThat(last).isEqualTo(expected);
  }
}

package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StartGuideTest {

  @Test
  void runtime_startedByDefault_runsPython() {
    Object answer;
    // example
    try (Python python = Python.start();
        Interpreter worker = python.newInterpreter("worker")) {
      worker.exec("answer = 6 * 7");
      answer = worker.get("answer"); // 42L
    }
    // end of example

    assertThat(answer).isEqualTo(42L);
  }

  @Test
  void runtime_withOptions_obeysThem() {
    List<String> printed = new ArrayList<>();
    // example
    PythonOptions options =
        PythonOptions.builder()
            .isolation(Isolation.IMAGE) // for interpreters that do not say otherwise
            .closeTimeout(Duration.ofSeconds(30))
            .build();
    InterpreterOptions quick =
        InterpreterOptions.builder()
            .name("quick")
            .isolation(Isolation.SUBINTERPRETER)
            .startCode("import json")
            .stdout(Output.lines(printed::add))
            .build();
    try (Python python = Python.start(options);
        Interpreter heavy = python.newInterpreter("heavy");
        Interpreter light = python.newInterpreter(quick)) {
      light.exec("print(json.dumps({'isolation': 'subinterpreter'}))");
      heavy.exec("import sys");
    }
    // end of example

    assertThat(printed).containsExactly("{\"isolation\": \"subinterpreter\"}");
  }
}

package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import org.junit.jupiter.api.Test;

final class PackagesGuideTest {

  @Test
  void environment_ofOneInterpreter_isItsOwn() {
    // example
    PythonEnvironment old = PythonEnvironment.requirements("numpy==2.4.6");
    InterpreterOptions legacy =
        InterpreterOptions.builder()
            .name("legacy")
            .isolation(Isolation.IMAGE)
            .environment(old) // the others have the runtime's
            .build();
    // end of example
    try (Python python = Python.start();
        Interpreter interpreter = python.newInterpreter(legacy)) {
      interpreter.exec("import numpy");

      assertThat(interpreter.eval("numpy.__version__")).isEqualTo("2.4.6");
    }
  }
}

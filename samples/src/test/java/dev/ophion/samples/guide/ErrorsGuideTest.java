package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.PythonException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ErrorsGuideTest {

  @Test
  void raised_inPython_isAnExceptionOfJava() {
    String type = "";
    String frame = "";
    try (Python python = Python.start();
        Interpreter interpreter = python.newInterpreter("guide")) {
      // example
      interpreter.exec("def parse(text): return int(text)");
      try {
        interpreter.call("parse", "seven");
      } catch (PythonException raised) {
        type = raised.typeName(); // ValueError
        frame = raised.pythonFrames().get(0).getMethodName(); // parse
      }
      // end of example
    }

    assertThat(type).isEqualTo("ValueError");
    assertThat(frame).isEqualTo("parse");
  }

  @Test
  void value_thatCannotCross_isNamed() {
    String place = "";
    try (Python python = Python.start();
        Interpreter interpreter = python.newInterpreter("guide")) {
      // example
      try {
        interpreter.set("x", Map.of("rows", List.of(1, new Object())));
      } catch (NotTransferableException refused) {
        place = refused.path(); // value["rows"][1]
      }
      // end of example
    }

    assertThat(place).isEqualTo("value[\"rows\"][1]");
  }
}

package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Python;
import org.junit.jupiter.api.Test;

final class LoggingGuideTest {

  @Test
  void logging_ofPython_isForwardedWhenAskedFor() {
    // example
    InterpreterOptions options =
        InterpreterOptions.builder().name("worker").forwardLogging(true).build();
    // end of example
    try (Python python = Python.start();
        Interpreter worker = python.newInterpreter(options)) {
      worker.exec("import logging; logging.getLogger('guide').info('this goes to SLF4J')");

      assertThat(worker.eval("[logging.getLogger().level, len(logging.getLogger().handlers)]"))
          .hasToString("[0, 1]");
    }
  }
}

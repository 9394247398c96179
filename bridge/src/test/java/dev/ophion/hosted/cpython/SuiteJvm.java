package dev.ophion.hosted.cpython;

import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs modules of CPython's tests one after another, each in an interpreter of its own. A module
 * that does not end, or whose interpreter does not, ends this JVM: what is left is for the next.
 */
final class SuiteJvm {

  static final int STUCK = 3;

  private static final Duration CLOSE = Duration.ofSeconds(30);

  private SuiteJvm() {}

  /** Takes the isolation, seconds for a module, the folder of suite.py, one for output, modules. */
  public static void main(String[] arguments) throws Exception {
    Isolation isolation = Isolation.valueOf(arguments[0]);
    long seconds = Long.parseLong(arguments[1]);
    Path code = Path.of(arguments[2]);
    Path folder = Path.of(arguments[3]);
    try (Python python = Python.start()) {
      for (int i = 4; i < arguments.length; i++) {
        run(python, isolation, seconds, code, folder, arguments[i]);
      }
    }
    // Threads of modules that leave some must not hold up the others' results.
    Runtime.getRuntime().halt(0);
  }

  private static void run(
      Python python, Isolation isolation, long seconds, Path code, Path folder, String module)
      throws IOException, InterruptedException {
    InterpreterOptions options =
        InterpreterOptions.builder()
            .name(module)
            .isolation(isolation)
            .startCode("import sys; sys.path.append(%s)".formatted(quoted(code)))
            .build();
    Interpreter interpreter = python.newInterpreter(options);
    write(folder, module, outcomes(interpreter, seconds, module));
    try {
      interpreter.close(CLOSE);
    } catch (CloseTimeoutException late) {
      System.err.println(late.getMessage());
      Files.writeString(folder.resolve(module + ".late"), late.getMessage());
      Runtime.getRuntime().halt(STUCK);
    }
  }

  private static String outcomes(Interpreter interpreter, long seconds, String module)
      throws InterruptedException, IOException {
    try {
      return interpreter
          .async()
          .call("suite:run", String.class, module)
          .get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      String reason =
          failure.getCause() instanceof PythonException raised
              ? raised.typeName() + ": " + raised.pythonMessage()
              : String.valueOf(failure.getCause());
      return "broken\t%s\t%s".formatted(module, reason.lines().findFirst().orElse(""));
    } catch (TimeoutException late) {
      write(Path.of(""), module, "stuck\t%s\ttook longer than %d s".formatted(module, seconds));
      try {
        interpreter.close(Duration.ofMillis(1));
      } catch (CloseTimeoutException stacks) {
        System.err.println(stacks.getMessage());
      }
      Runtime.getRuntime().halt(STUCK);
      throw new AssertionError(late);
    }
  }

  private static void write(Path folder, String module, String lines) throws IOException {
    Path part = folder.resolve(module + ".part");
    Files.writeString(part, lines);
    Files.move(part, folder.resolve(module + ".txt"));
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}

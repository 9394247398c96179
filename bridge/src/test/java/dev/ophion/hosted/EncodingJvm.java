package dev.ophion.hosted;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.SharedMemory;
import dev.ophion.SharedMemoryException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Does what passes texts between Java and native code; all its paths are below its argument. */
final class EncodingJvm {

  static final String DONE = "every text came through";

  private static final String TEXT = "\u00fc \u20ac \ud83d\ude00";

  private EncodingJvm() {}

  public static void main(String... arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Files.writeString(folder.resolve("m\u00f6dule.py"), "text = '" + TEXT + "'\n");
    for (Isolation isolation : Isolation.values()) {
      InterpreterOptions options =
          InterpreterOptions.builder()
              .name("\u00fcber-" + isolation)
              .isolation(isolation)
              .addPythonPath(folder)
              .stdout(Output.lines(EncodingJvm::refuse))
              .build();
      try (Interpreter python = Python.start().newInterpreter(options)) {
        run(python, folder);
      }
    }
    refuseMemory(folder);
    System.out.println(DONE);
  }

  private static void refuse(String line) {
    throw new IllegalStateException(line + TEXT);
  }

  private static void run(Interpreter python, Path folder) throws Exception {
    python.exec(
        """
        import _decimal, _sqlite3, ctypes, os, sys
        import m\u00f6dule
        assert os.path.isdir(sys.prefix) and '\u00fc' in os.__file__, os.__file__
        libc = ctypes.CDLL('libc.so.6')
        """);
    require(python.eval("m\u00f6dule.text"), TEXT);
    require(python.eval("m\u00f6dule.__file__"), folder.resolve("m\u00f6dule.py").toString());
    python.set("x", TEXT);
    require(python.get("x"), TEXT);
    try {
      python.exec("raise ValueError(x)");
    } catch (PythonException raised) {
      require(raised.pythonMessage(), TEXT);
    }
    python.exec("try: print(x)\nexcept OSError as e: message = str(e)");
    require(python.eval("message.endswith(x + x)"), true);
    try {
      python.exec("ctypes.CDLL(" + "sys.prefix + '/n\u00f6where.so')");
    } catch (PythonException raised) {
      require(raised.pythonMessage().contains("/n\u00f6where.so"), true);
    }
    Path file = folder.resolve("spei\u00dfher");
    Files.deleteIfExists(file);
    try (SharedMemory memory = SharedMemory.options().file(file).allocate(DType.INT64, 8)) {
      python.set("m", memory);
      require(Files.exists(file), true);
    }
  }

  private static void refuseMemory(Path folder) {
    try {
      SharedMemory.options().file(folder.resolve("n\u00f6/where")).allocate(DType.INT64, 8);
    } catch (SharedMemoryException refused) {
      require(refused.getMessage().contains("n\u00f6/where"), true);
    }
  }

  private static void require(Object seen, Object expected) {
    if (!expected.equals(seen)) {
      throw new AssertionError("not " + expected + " but " + seen);
    }
  }
}

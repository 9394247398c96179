package dev.ophion.bridge.copies;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens images that use compiled modules, all at once, and ends. */
final class FillingJvm {

  private FillingJvm() {}

  /**
   * Runs.
   *
   * @param arguments the folder of the distribution, that of the copies, and how many images
   */
  public static void main(String... arguments) {
    PythonOptions options =
        PythonOptions.builder()
            .distributionDirectory(Path.of(arguments[0]))
            .copiesDirectory(Path.of(arguments[1]))
            .isolation(Isolation.IMAGE)
            .build();
    try (Python python = Python.start(options)) {
      List<Interpreter> images = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        Interpreter image =
            python.newInterpreter(InterpreterOptions.builder().name("image-" + i).build());
        image.exec("import decimal, json, ctypes");
        images.add(image);
      }
      System.out.println(
          images.stream()
              .mapToLong(image -> image.eval("int(decimal.Decimal(1))", Long.class))
              .sum());
      images.forEach(Interpreter::close);
    }
  }
}

package dev.ophion.bridge.copies;

import dev.ophion.bridge.relocation.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Little libraries, built by the C++ compiler. */
final class Libraries {

  private static final String PYTHON =
      "extern \"C\" void* PyLong_FromLong(long); void* %s_python() { return PyLong_FromLong(1); }\n";

  private Libraries() {}

  /** Builds a library that uses Python. */
  static Path usingPython(Path file, String... options) throws Exception {
    return build(file, PYTHON.formatted(identifier(file)), options);
  }

  /** Builds a library that uses nothing. */
  static Path plain(Path file, String... options) throws Exception {
    return build(file, "int " + identifier(file) + "_plain() { return 1; }\n", options);
  }

  static Path build(Path file, String source, String... options)
      throws IOException, InterruptedException {
    Tools.require("g++");
    Files.createDirectories(file.getParent());
    Path work = Files.createTempDirectory("libraries");
    Path code = Files.writeString(work.resolve("library.cpp"), source);
    Path built = work.resolve("built.so");
    List<String> command =
        new ArrayList<>(
            List.of("g++", "-shared", "-fPIC", "-Wl,--no-as-needed", "-o", built.toString()));
    command.add(code.toString());
    command.addAll(List.of(options));
    Tools.Result result = Tools.run(work.resolve("log"), Map.of(), command);
    if (result.status() != 0) {
      throw new AssertionError(result.output());
    }
    // Not by the compiler, which cannot be given every name.
    Files.deleteIfExists(file);
    Files.move(built, file);
    for (String name : List.of("library.cpp", "log", "")) {
      Files.delete(work.resolve(name));
    }
    return file;
  }

  /** Options that make a library depend on another one, looked for beside it. */
  static String[] needing(Path library, String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-L" + library.getParent(),
                "-l:" + library.getFileName(),
                "-Wl,-rpath,$ORIGIN",
                "-Wl,--enable-new-dtags"));
    options.addAll(List.of(more));
    return options.toArray(String[]::new);
  }

  static String soname(String name) {
    return "-Wl,-soname," + name;
  }

  /** Sets a file's time of modification back. */
  static Path modified(Path file, Instant time) throws IOException {
    return Files.setLastModifiedTime(file, FileTime.from(time));
  }

  private static String identifier(Path file) {
    return "f_" + file.getFileName().toString().replaceAll("[^A-Za-z0-9]", "_");
  }
}

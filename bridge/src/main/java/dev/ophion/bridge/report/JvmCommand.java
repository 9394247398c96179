package dev.ophion.bridge.report;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How to start another JVM with the same Java and the same classes as this one. Stateless. */
final class JvmCommand {

  private JvmCommand() {}

  /**
   * Returns the command without the main class's arguments.
   *
   * @param javaHome where this Java is
   * @throws IOException if this Java has no launcher
   */
  static List<String> of(Path javaHome, Class<?> main, List<String> options) throws IOException {
    Path launcher = javaHome.resolve("bin").resolve("java");
    if (!Files.isExecutable(launcher)) {
      throw new IOException("this Java has no launcher " + launcher);
    }
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(options);
    add(command, "-cp", System.getProperty("java.class.path"));
    if (!main.getModule().isNamed()) {
      command.add(main.getName());
      return command;
    }
    String modules = System.getProperty("jdk.module.path");
    if (modules != null) {
      add(command, "-p", modules);
      // The distribution's own module is required by none.
      command.addAll(List.of("--add-modules", "ALL-MODULE-PATH"));
    }
    command.addAll(List.of("-m", main.getModule().getName() + "/" + main.getName()));
    return command;
  }

  /** Adds a path; the child has another working folder. */
  private static void add(List<String> command, String option, @Nullable String path) {
    if (path == null || path.isEmpty()) {
      return;
    }
    command.add(option);
    command.add(
        Arrays.stream(path.split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator)));
  }
}

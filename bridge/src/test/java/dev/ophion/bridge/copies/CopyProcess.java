package dev.ophion.bridge.copies;

import dev.ophion.bridge.relocation.RealFiles;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A second JVM that works on the same cache, and its main method. */
final class CopyProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  private CopyProcess(Process process) {
    this.process = process;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts it.
   *
   * @param prefix a command that runs it, such as a shell that sets limits first
   */
  static CopyProcess start(List<String> prefix, Path cacheDirectory, String... arguments)
      throws Exception {
    List<String> path = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    for (Class<?> type :
        List.of(CopyCache.class, dev.ophion.StartException.class, org.slf4j.Logger.class)) {
      path.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    path.add(Path.of("target", "test-classes").toAbsolutePath().toString());
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-UsePerfData",
            "-cp",
            String.join(File.pathSeparator, path),
            CopyProcess.class.getName(),
            cacheDirectory.toString(),
            RealFiles.libpython().toString()));
    command.addAll(List.of(arguments));
    return new CopyProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Sends one line, which it waits for before it starts. */
  void go() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  String line() throws IOException {
    return output.readLine();
  }

  /** Kills it, which leaves no chance to clean up, and waits for its end. */
  void kill() {
    process.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
  }

  /** Copies libpython and the given modules for one slot after another, and prints each copy. */
  public static void main(String[] arguments) throws Exception {
    CopyCache cache =
        CopyCache.open(Path.of(arguments[0]), Path.of(arguments[1]), CopyRules.builtIn());
    System.out.println("up");
    System.in.read();
    try {
      for (int slot = 0; slot < Integer.parseInt(arguments[2]); slot++) {
        System.out.println(cache.libpython(new Slot(slot)));
        for (int i = 3; i < arguments.length; i++) {
          System.out.println(cache.extension(Path.of(arguments[i]), new Slot(slot)));
        }
      }
      System.out.println("done");
    } catch (CopyException e) {
      System.out.println(e.getMessage());
    }
  }
}

package dev.ophion.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run of a second JVM from start to end: how it is started, and what came of it. */
public final class JvmRun {

  private static final long DEADLINE_SECONDS = 300;

  private static final List<String> HANDED_ON =
      List.of("dev.ophion.cache", "dev.ophion.isolation", "org.bytedeco.javacpp.cachedir");

  private final List<String> prefix = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private Path home = Path.of(System.getProperty("java.home"));

  /**
   * What came of a run.
   *
   * @param status its exit status
   * @param output what it wrote to stdout and stderr
   */
  public record Outcome(int status, String output) {}

  /** A JVM without any argument but those that every test JVM of the build gets. */
  public JvmRun() {
    arguments.add("-XX:-UsePerfData");
    arguments.add("-XX:-CreateCoredumpOnCrash");
    String cache = System.getProperty("dev.ophion.cache");
    if (cache != null) {
      arguments.add("-Ddev.ophion.cache=" + cache);
    }
  }

  /** Returns the command line of a second JVM that is set up as this one is, for a main class. */
  public static List<String> command(Class<?> main, String... mains) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String name : HANDED_ON) {
      String value = System.getProperty(name);
      if (value != null) {
        command.add("-D" + name + "=" + value);
      }
    }
    if (release() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-cp", testClassPath(), main.getName()));
    command.addAll(List.of(mains));
    return command;
  }

  /** Returns the class path of the tests. */
  public static String testClassPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** Returns the release of Java that runs the tests, and the second JVM. */
  public static int release() {
    return Runtime.version().feature();
  }

  /** Puts a command before the JVM's, such as a shell that sets limits first. */
  public JvmRun after(String... command) {
    prefix.addAll(List.of(command));
    return this;
  }

  /** Takes another run-time image. */
  public JvmRun in(Path image) {
    home = image;
    return this;
  }

  /** Adds arguments of the JVM. */
  public JvmRun with(String... more) {
    arguments.addAll(List.of(more));
    return this;
  }

  /** Sets a variable of the environment. */
  public JvmRun withVariable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Whatever the second JVM encodes its output in; beyond ASCII it may be another text. */
  private static String read(Path output) throws IOException {
    return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
  }

  /** Runs a class with the class path of the tests. */
  public Outcome run(Class<?> main, String... mains) throws IOException, InterruptedException {
    with("-cp", testClassPath(), main.getName());
    return with(mains).run();
  }

  /** Runs what the arguments say. */
  public Outcome run() throws IOException, InterruptedException {
    Path output = Files.createTempFile("jvm", ".txt");
    List<String> command = new ArrayList<>(prefix);
    command.add(home.resolve("bin/java").toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("The JVM did not end: " + read(output));
      }
      return new Outcome(process.exitValue(), read(output));
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(output);
    }
  }
}

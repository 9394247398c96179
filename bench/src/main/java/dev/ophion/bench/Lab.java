package dev.ophion.bench;

import dev.ophion.Interpreter;
import dev.ophion.Keywords;
import dev.ophion.Python;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs benchmarks, probes and Python scripts, each in a process of its own, one after the other.
 * Not thread-safe. The owner closes it.
 */
final class Lab implements AutoCloseable {

  private static final List<String> JVM_ARGUMENTS =
      List.of("--enable-native-access=ALL-UNNAMED", "-Xmx1g", "-XX:MaxDirectMemorySize=3g");

  // A heap that neither grows nor shrinks leaves the interpreters as the only cause of growth.
  private static final List<String> FIXED_HEAP =
      List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch");

  private static final List<String> SCRIPTS =
      List.of(
          "baselines.py",
          "calls.py",
          "transfers.py",
          "numpy_pools.py",
          "numpy_task.py",
          "numpy_transfers.py",
          "numpy_workers.py",
          "starts.py",
          "parallel.py",
          "parallel_task.py");

  private final boolean isFull;
  private final Path folder;
  private final Path scripts;
  private final Python python = Python.start();
  private final Interpreter interpreter = python.newInterpreter("report");

  /** Puts the logs and the scripts below a folder. */
  Lab(boolean isFull, Path folder) throws IOException {
    this.isFull = isFull;
    this.folder = Files.createDirectories(folder);
    scripts = Files.createDirectories(folder.resolve("python"));
    for (String script : SCRIPTS) {
      try (InputStream content = Lab.class.getResourceAsStream("python/" + script)) {
        Files.write(
            scripts.resolve(script), Objects.requireNonNull(content, script).readAllBytes());
      }
    }
  }

  boolean isFull() {
    return isFull;
  }

  String pythonVersion() {
    return python.version();
  }

  /** Runs all benchmarks of a class and of the classes nested in it. */
  Scores jmh(Class<?> benchmark) throws RunnerException {
    String name = benchmark.getSimpleName();
    progress("JMH " + name);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(benchmark.getName().replace(".", "\\.") + "\\b")
            .jvmArgs(JVM_ARGUMENTS.toArray(String[]::new))
            .shouldFailOnError(true)
            .output(folder.resolve("jmh-" + name + ".log").toString());
    if (!isFull) {
      options
          .forks(1)
          .warmupIterations(4)
          .warmupTime(TimeValue.milliseconds(500))
          .measurementIterations(5)
          .measurementTime(TimeValue.milliseconds(500));
    }
    return new Scores(List.<RunResult>copyOf(new Runner(options.build()).run()));
  }

  /** Runs a Python script in the same build's executable and returns its numbers. */
  Map<String, Double> script(String name, String... arguments) throws IOException {
    return script(python.executable().toString(), name, arguments);
  }

  /** Runs a Python script in the same build's executable, with NumPy, and returns its numbers. */
  Map<String, Double> numpyScript(String name, String... arguments) throws IOException {
    String executable =
        output(java(ImageProbe.class, "executable"), folder.resolve("executable.log")).strip();
    return script(executable, name, arguments);
  }

  private Map<String, Double> script(String executable, String name, String... arguments)
      throws IOException {
    return child(
        Stream.concat(
                Stream.of(executable, scripts.resolve(name + ".py").toString()),
                Stream.of(arguments))
            .toList(),
        name);
  }

  /** Runs a probe of a class in a fresh JVM and returns its numbers. */
  Map<String, Double> probe(Class<?> main, String... arguments) throws IOException {
    return child(java(main, arguments), arguments[0]);
  }

  private static List<String> java(Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    // The tests keep their cache within the build.
    String cache = System.getProperty("dev.ophion.cache");
    if (cache != null) {
      command.add("-Ddev.ophion.cache=" + cache);
    }
    if (arguments[0].startsWith("memory")) {
      command.addAll(FIXED_HEAP);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Returns a folder of this run. */
  Path folder(String name) {
    return folder.resolve(name).toAbsolutePath();
  }

  /** Runs a command and returns what it prints. */
  String output(List<String> command, Path log) throws IOException {
    return output(command, log, Map.of());
  }

  /** The same with more variables of the environment. */
  String output(List<String> command, Path log, Map<String, String> variables) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().put("OPHION_BENCH_FULL", isFull ? "1" : "0");
    builder.environment().putAll(variables);
    Process process = builder.start();
    String output;
    try (InputStream stream = process.getInputStream()) {
      output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    int exit = process.onExit().join().exitValue();
    if (exit != 0) {
      throw new IOException(
          "%s ended with %d; its error output is in %s".formatted(command, exit, log));
    }
    return output;
  }

  /** Writes a value as JSON. */
  String json(Map<String, ?> value) {
    return Objects.requireNonNull(
        interpreter.call("json:dumps", String.class, value, Keywords.of("indent", 2)));
  }

  private Map<String, Double> child(List<String> command, String name) throws IOException {
    return numbers(command, name, Map.of());
  }

  /** Runs a command that prints one JSON object of numbers, and returns these. */
  Map<String, Double> numbers(List<String> command, String name, Map<String, String> variables)
      throws IOException {
    progress(name);
    String output = output(command, folder.resolve(name + ".log"), variables);
    Map<?, ?> numbers = Objects.requireNonNull(interpreter.call("json:loads", Map.class, output));
    Map<String, Double> results = new LinkedHashMap<>();
    numbers.forEach((key, value) -> results.put((String) key, ((Number) value).doubleValue()));
    return results;
  }

  private static void progress(String step) {
    System.err.printf("[load %.1f] %s%n", Machine.load(), step);
  }

  @Override
  public void close() {
    python.close();
  }
}

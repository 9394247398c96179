package dev.ophion.hosted.cpython;

import dev.ophion.Isolation;
import dev.ophion.bridge.JvmRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Runs modules of CPython's tests in child processes, and reads what came of each test. */
final class SuiteRun {

  /** The outcome of a test, and why if it has not passed. */
  record Outcome(String module, String outcome, String reason) {}

  private final Path code;
  private final Path folder;
  private final long secondsForModule;

  /**
   * Makes a run.
   *
   * @param code the folder of suite.py
   * @param folder an empty folder, where the tests work and the outcomes are kept
   */
  SuiteRun(Path code, Path folder, long secondsForModule) {
    this.code = code;
    this.folder = folder;
    this.secondsForModule = secondsForModule;
  }

  /**
   * Runs the modules in a Python without a JVM, each in a process of its own; in UTF-8 mode, as
   * hosted.
   */
  Map<String, Outcome> plain(Path python, List<String> modules) throws Exception {
    for (String module : modules) {
      Path output = folder.resolve(module + ".txt");
      Process process =
          start(
              module,
              List.of(
                  python.toString(),
                  "-E",
                  "-Xutf8",
                  code.resolve("suite.py").toString(),
                  module,
                  output.toString()));
      if (!await(process, secondsForModule)) {
        Files.writeString(output, "stuck\t" + module + "\tin plain Python");
      } else if (!Files.exists(output)) {
        Files.writeString(output, "crashed\t" + module + "\tin plain Python");
      }
    }
    return read(modules);
  }

  /** Runs the modules in interpreters of a JVM, and again in another one those that it left. */
  Map<String, Outcome> hosted(Isolation isolation, List<String> modules) throws Exception {
    List<String> left = new ArrayList<>(modules);
    while (!left.isEmpty()) {
      Process process = start("jvm-" + left.get(0), command(isolation, left));
      long seconds = (secondsForModule + 60) * left.size();
      boolean ended = await(process, seconds);
      int code = ended ? process.exitValue() : -1;
      if (code != 0 && code != SuiteJvm.STUCK) {
        String module = left.stream().filter(name -> !isDone(name)).findFirst().orElse(left.get(0));
        Files.writeString(
            folder.resolve(module + ".txt"),
            "crashed\t%s\tthe JVM ended with %d".formatted(module, code));
      }
      left.removeIf(this::isDone);
    }
    return read(modules);
  }

  private boolean isDone(String module) {
    return Files.exists(folder.resolve(module + ".txt"));
  }

  private List<String> command(Isolation isolation, List<String> modules) {
    List<String> command =
        JvmRun.command(
            SuiteJvm.class,
            isolation.name(),
            Long.toString(secondsForModule),
            code.toString(),
            folder.toString());
    command.addAll(modules);
    return command;
  }

  private Process start(String name, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }

  private static boolean await(Process process, long seconds) throws InterruptedException {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private Map<String, Outcome> read(List<String> modules) throws IOException {
    Map<String, Outcome> outcomes = new TreeMap<>();
    for (String module : modules) {
      for (String line : Files.readAllLines(folder.resolve(module + ".txt"))) {
        String[] parts = line.split("\t", 3);
        if (parts.length == 3) {
          outcomes.put(parts[1], new Outcome(module, parts[0], parts[2]));
        }
      }
    }
    return outcomes;
  }
}

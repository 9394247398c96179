package dev.ophion.bridge.report;

import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.OphionException;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import dev.ophion.PythonOptions;
import dev.ophion.bridge.cache.CacheFolders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The main class of a JVM that imports packages in real interpreters, and may crash. It reads the
 * isolation of the next task from a line of its input and answers each with a line that begins with
 * a word that no package prints by chance.
 *
 * <p>Threading: main thread only.
 */
public final class TrialJvm {

  /** What follows the word. */
  static final String GOES_ON = "goes on";

  static final String USED_UP = "is used up";

  /** What stays mapped keeps its memory and its number, for which large copies lie on disk. */
  private static final int MOST_RETIRED = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Python python;
  private final TrialFiles files;
  private boolean isStuck;

  private TrialJvm(Python python, TrialFiles files) {
    this.python = python;
    this.files = files;
  }

  /**
   * Runs until its input ends.
   *
   * @param arguments the word, the folder of its files, those of {@link #arguments}, the
   *     environment's folder or nothing for the embedded one, and the libraries to copy
   */
  public static void main(String[] arguments) throws IOException {
    PythonOptions.Builder options =
        PythonOptions.builder()
            .distributionDirectory(Path.of(arguments[2]))
            .environmentsDirectory(Path.of(arguments[3]))
            .copiesDirectory(Path.of(arguments[4]))
            .environment(
                arguments[5].isEmpty()
                    ? PythonEnvironment.embedded()
                    : PythonEnvironment.of(Path.of(arguments[5])));
    List.of(arguments).subList(6, arguments.length).forEach(options::addPrivateLibrary);
    int status = 0;
    try {
      TrialFiles files = new TrialFiles(Path.of(arguments[1]));
      new TrialJvm(Python.start(options.build()), files).serve(arguments[0]);
    } catch (OphionException e) {
      System.err.println(e.getMessage());
      status = 1;
    }
    // Ending is no part of the question, and threads of packages might keep it up.
    Runtime.getRuntime().halt(status);
  }

  /** Returns the arguments that name the folders of the cache. */
  static List<String> arguments(CacheFolders folders) {
    return Stream.of(folders.distribution(), folders.environments(), folders.copies())
        .map(folder -> folder.toAbsolutePath().toString())
        .toList();
  }

  private void serve(String word) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    answer(word);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      tryImports(Isolation.valueOf(line));
      answer(word);
    }
  }

  private void answer(String word) {
    boolean isUsedUp = isStuck || python.metrics().retiredImages() >= MOST_RETIRED;
    // Native code may have left a line unfinished.
    System.out.print("\n" + word + (isUsedUp ? USED_UP : GOES_ON) + "\n");
    System.out.flush();
  }

  private void tryImports(Isolation isolation) throws IOException {
    Interpreter trial =
        python.newInterpreter(
            InterpreterOptions.builder()
                .name("trial")
                .isolation(isolation)
                .stdout(Output.lines(line -> {}))
                .stderr(Output.lines(line -> {}))
                .build());
    trial.set("PROGRAM", files.program().toString());
    trial.set("TASK", files.task().toString());
    trial.set("RESULT", files.result().toString());
    try {
      trial.exec(Files.readString(files.program()));
    } catch (OphionException e) {
      note("failed\t" + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
    }
    note("through");
    try {
      trial.close(PATIENCE);
    } catch (CloseTimeoutException e) {
      isStuck = true;
    }
  }

  private void note(String line) throws IOException {
    Files.writeString(
        files.result(), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Isolation;
import dev.ophion.bridge.JvmRun;
import dev.ophion.bridge.relocation.RealFiles;
import dev.ophion.bridge.relocation.Tools;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads that C code has made come to Python by themselves while an image ends, and when it has
 * ended. In plain Python they would wait for ever then, until the process is gone.
 */
@Tag("subinterpreter") // both kinds of isolation, whatever the default is
@Timeout(300)
final class KnockingTest {

  /** How they come to Python. */
  private enum Way {
    /** By a callback of ctypes, in a library that knows nothing of Python. */
    CALLBACK,
    /** By PyGILState_Ensure. */
    ENSURE,
    /** By a thread state that they make themselves, as pybind11 has it. */
    NEW_STATE
  }

  /** When they come. */
  private enum Time {
    /** Again and again until the end. */
    UNTIL_END,
    /** Once, after the end. */
    LATE,
    /** One after the other, before the end, after it and when the next runtime starts. */
    THROUGHOUT
  }

  @TempDir Path folder;

  private Path build(String name, Way way) throws Exception {
    Tools.require("g++");
    Path source = folder.resolve("knocking.cpp");
    try (InputStream in = KnockingTest.class.getResourceAsStream("knocking.cpp")) {
      Files.write(source, in.readAllBytes());
    }
    Path library = folder.resolve(name);
    List<String> command =
        new ArrayList<>(List.of("g++", "-shared", "-fPIC", "-DWAY_" + way, "-Wl,-soname," + name));
    if (way != Way.CALLBACK) {
      command.add("-I" + RealFiles.DISTRIBUTION.home().resolve("include/python3.14"));
    }
    command.addAll(List.of("-o", library.toString(), source.toString()));
    Tools.Result result = Tools.run(folder.resolve("compiler.log"), Map.of(), command);
    assertThat(result.status()).as(result.output()).isZero();
    return library;
  }

  private String pipe(String name) throws Exception {
    Path pipe = folder.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe.toString();
  }

  private JvmRun.Outcome run(Isolation isolation, String library, Time time) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(isolation.name(), library));
    arguments.add(time == Time.THROUGHOUT ? "begin_many" : "begin");
    if (time == Time.LATE) {
      arguments.addAll(List.of(pipe("go"), pipe("said")));
    }
    return new JvmRun()
        .with("-XX:ErrorFile=" + folder.resolve("hs_err.log"))
        .withVariable("LD_LIBRARY_PATH", folder.toString())
        .run(KnockingJvm.class, arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "IMAGE, ENSURE, UNTIL_END",
    "IMAGE, ENSURE, LATE",
    "IMAGE, ENSURE, THROUGHOUT",
    "IMAGE, NEW_STATE, UNTIL_END",
    "IMAGE, NEW_STATE, LATE",
    "IMAGE, NEW_STATE, THROUGHOUT",
    "IMAGE, CALLBACK, UNTIL_END",
    "IMAGE, CALLBACK, LATE",
    "IMAGE, CALLBACK, THROUGHOUT",
    // CPython takes them to the shared image's main one, all but callbacks.
    "SUBINTERPRETER, ENSURE, UNTIL_END",
    "SUBINTERPRETER, ENSURE, LATE",
    "SUBINTERPRETER, ENSURE, THROUGHOUT",
    "SUBINTERPRETER, NEW_STATE, UNTIL_END",
    "SUBINTERPRETER, NEW_STATE, LATE",
    "SUBINTERPRETER, NEW_STATE, THROUGHOUT",
    "SUBINTERPRETER, CALLBACK, UNTIL_END",
    "SUBINTERPRETER, CALLBACK, LATE",
    "SUBINTERPRETER, CALLBACK, THROUGHOUT",
  })
  void threadsOfC_thatComeToPythonAtItsEnd_doNotCrash(Isolation isolation, Way way, Time time)
      throws Exception {
    Path library = build("libknocking.so", way);
    JvmRun.Outcome outcome = run(isolation, library.toString(), time);
    assertThat(outcome.output()).contains("fine");
    assertThat(outcome.status()).as(outcome.output()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Time.class)
  void threadsOfC_ofLibraryThatTheLoaderFindsByItsName_doNotCrash(Time time) throws Exception {
    build("libknocking.so", Way.CALLBACK);
    JvmRun.Outcome outcome = run(Isolation.IMAGE, "libknocking.so", time);
    assertThat(outcome.output()).contains("fine");
    assertThat(outcome.status()).as(outcome.output()).isZero();
  }
}

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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Threads that C code has made come to Python (PyGILState_Ensure) while an image ends, and when it
 * has ended. In plain Python they would wait for ever then, until the process is gone.
 */
@Timeout(300)
final class KnockingTest {

  @TempDir Path folder;

  private Path build(String name, boolean usesPython) throws Exception {
    Tools.require("g++");
    Path source = folder.resolve("knocking.cpp");
    try (InputStream in = KnockingTest.class.getResourceAsStream("knocking.cpp")) {
      Files.write(source, in.readAllBytes());
    }
    Path library = folder.resolve(name);
    List<String> command =
        new ArrayList<>(List.of("g++", "-shared", "-fPIC", "-Wl,-soname," + name));
    if (usesPython) {
      command.add("-DUSES_PYTHON");
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

  @ParameterizedTest
  @CsvSource({
    "IMAGE, true, false, false", // an extension's library
    "IMAGE, true, false, true",
    "IMAGE, false, false, false", // a callback of ctypes in a library that knows nothing of Python
    "IMAGE, false, false, true",
    "IMAGE, false, true, false", // one that the loader finds by its name
    "IMAGE, false, true, true",
    "SUBINTERPRETER, true, false, false", // CPython takes it to the shared image's main one
    "SUBINTERPRETER, true, false, true",
  })
  void threadsOfC_thatComeToPythonAtItsEnd_doNotCrash(
      Isolation isolation, boolean usesPython, boolean isFoundByName, boolean isLate)
      throws Exception {
    Path library = build("libknocking.so", usesPython);
    List<String> arguments = new ArrayList<>(List.of(isolation.name()));
    arguments.add(isFoundByName ? "libknocking.so" : library.toString());
    if (isLate) {
      arguments.addAll(List.of(pipe("go"), pipe("said")));
    }
    JvmRun.Outcome outcome =
        new JvmRun()
            .with("-XX:ErrorFile=" + folder.resolve("hs_err.log"))
            .withVariable("LD_LIBRARY_PATH", folder.toString())
            .run(KnockingJvm.class, arguments.toArray(String[]::new));
    assertThat(outcome.output()).contains("fine");
    assertThat(outcome.status()).as(outcome.output()).isZero();
  }
}

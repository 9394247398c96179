package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.JvmRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A JVM that exits with interpreters open does so soon, with its code and without a crash. */
@Timeout(120)
final class ExitTest {

  /** The hook waits three seconds at most; the rest is a slow machine's start. */
  private static final int DEADLINE_SECONDS = 60;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "idle, 7",
    "main returns while Python is busy, 0",
    "busy in OpenSSL and SQLite, 7",
    "Python threads, 7",
    "from another thread, 7",
    "from a consumer, 7",
    "from a consumer on a Python thread, 7",
    "from attach, 7",
    "halt, 7",
    "native code keeps the GIL, 7",
    "closed by a hook, 7",
    "memory is lent, 7",
    "everything is open, 7",
    "libpython becomes global, 0",
    "faulthandler is asked for, 7",
    "an image is ending, 7",
    "variables of the environment are obeyed, 7",
    "memory is leaked, 7",
  })
  void exit_withInterpretersOpen_endsWithItsCode(String how, int code) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder = new ProcessBuilder(JvmRun.command(ExitingJvm.class, how));
    // Obeyed only where the options say so.
    builder
        .environment()
        .putAll(
            Map.of(
                "PYTHONFAULTHANDLER", "1",
                "PYTHONDEVMODE", "1",
                "PYTHONTRACEMALLOC", "5",
                "PYTHONMALLOC", "debug",
                "PYTHONPATH", "/first:/second",
                "PYTHONNOUSERSITE", "1",
                "PYTHONDONTWRITEBYTECODE", "1",
                "PYTHONWARNINGS", "error::BytesWarning"));
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
      String said = Files.readString(output);
      assertThat(ended).as(said).isTrue();
      assertThat(process.exitValue()).as(said).isEqualTo(code);
      try (var files = Files.list(folder)) {
        assertThat(files).as(said).containsExactly(output);
      }
    } finally {
      process.destroyForcibly();
    }
  }
}

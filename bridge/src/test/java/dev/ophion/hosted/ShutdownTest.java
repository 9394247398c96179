package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.JvmRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of Python while the JVM exits, with and without the runtime's own hook. */
@Timeout(180)
final class ShutdownTest {

  private static final int DEADLINE_SECONDS = 90;

  /** 128 and the number of SIGTERM. */
  private static final int TERMINATED = 143;

  @TempDir Path folder;

  /** A hang would be seen at the deadline: before, only {@code kill -9} ended such a process. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hook_callsBusyInterpreter_everyWay_isRefused_andTheExitEnds(boolean closes)
      throws Exception {
    List<String> said = run("a hook calls", closes, ShutdownJvm.CODE);
    assertThat(said).hasSize(7).containsOnly("refused");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hook_runsWhatNeverEnds_isRefused_andTheExitEnds(boolean closes) throws Exception {
    assertThat(run("a hook runs what never ends", closes, ShutdownJvm.CODE))
        .containsExactly("refused");
  }

  @Test
  void hook_withoutTheRuntimesOwn_startsAndCalls() throws Exception {
    assertThat(run("a hook starts and calls", false, ShutdownJvm.CODE))
        .containsExactly("came back with 42");
  }

  @ParameterizedTest
  @CsvSource({"halt, true", "halt, false", "halt in a hook, true", "halt in a hook, false"})
  void halt_whilePythonIsBusy_endsWithItsCode(String how, boolean closes) throws Exception {
    assertThat(run(how, closes, ShutdownJvm.CODE)).isEmpty();
  }

  @Test
  void sigterm_serverThatDrainsAndThenCloses_losesNoRequest() throws Exception {
    Process process = start("a server drains", false);
    try (BufferedReader output = output(process)) {
      assertThat(output.readLine()).isEqualTo("serving");
      process.toHandle().destroy(); // SIGTERM; Process.destroy closes the streams
      assertThat(output.readLine()).isEqualTo("exit function");
      assertThat(output.readLine()).isEqualTo("drained true, served true, failed 0");
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(TERMINATED);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The runtime's hook does not wait for the server's; it still ends in order. */
  @Test
  void sigterm_serverBesideTheRuntimesHook_endsInOrder() throws Exception {
    Process process = start("a server drains", true);
    try (BufferedReader output = output(process)) {
      assertThat(output.readLine()).isEqualTo("serving");
      process.toHandle().destroy(); // SIGTERM; Process.destroy closes the streams
      assertThat(output.lines()).contains("exit function").hasSize(2);
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(TERMINATED);
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> run(String how, boolean closes, int code) throws Exception {
    Process process = start(how, closes);
    try {
      boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertThat(ended).isTrue();
      assertThat(process.exitValue()).isEqualTo(code);
      try (var files = Files.list(folder)) {
        assertThat(files).as("a crash would leave its log here").isEmpty();
      }
      try (BufferedReader output = output(process)) {
        return output.lines().toList();
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private Process start(String how, boolean closes) throws IOException {
    List<String> command = JvmRun.command(ShutdownJvm.class, how, Boolean.toString(closes));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}

package dev.ophion.bridge.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.PythonEnvironment;
import dev.ophion.StartException;
import dev.ophion.bridge.ChildJvm;
import dev.ophion.bridge.distribution.Distribution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Installations that are given up, killed, or run twice at once. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InterruptedInstallationTest {

  private static Distribution distribution;

  @TempDir Path temporary;
  private Path cache;
  private Path outside;
  private String slow;

  @BeforeAll
  static void obtain() {
    distribution = Pythons.distribution();
  }

  @BeforeEach
  void makeSources() throws Exception {
    cache = temporary.resolve("cache");
    outside = Files.createDirectory(temporary.resolve("outside"));
    Pythons.run(Path.of("/usr/bin/mkfifo"), outside.resolve("pipe").toString());
    slow = Packages.slowSources(temporary.resolve("slow"), outside).toString();
  }

  /** Waits until pip builds, and returns the process that does. */
  private ProcessHandle builder() throws Exception {
    String pid = Files.readString(outside.resolve("pipe"));
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private static void awaitEnd(ProcessHandle process) {
    process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private ResolvedEnvironment resolve() {
    return EnvironmentResolver.resolve(PythonEnvironment.requirements(slow), distribution, cache);
  }

  private void letBuild() throws Exception {
    Files.createFile(outside.resolve("go"));
  }

  private void requireWorking(Path prefix) throws Exception {
    assertThat(Pythons.run(prefix.resolve("bin/python3"), "-c", "import slow; print(slow.VALUE)"))
        .isEqualTo("slow");
    assertThat(prefix.resolveSibling("work")).doesNotExist();
  }

  @Test
  void resolve_interrupted_endsPipAndKeepsNothing() throws Exception {
    FutureTask<ResolvedEnvironment> task = new FutureTask<>(this::resolve);
    Thread thread = new Thread(task);
    thread.start();
    ProcessHandle builder = builder();

    thread.interrupt();

    assertThatThrownBy(() -> task.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(StartException.class)
        .hasMessageContaining("Interrupted while")
        .hasMessageContaining("nothing of it was kept");
    awaitEnd(builder);
    letBuild();
    requireWorking(resolve().prefix());
  }

  @Test
  void resolve_afterJvmWasKilledHalfWay_startsOver() throws Exception {
    try (ChildJvm first = ResolvingJvm.start(distribution, cache, slow)) {
      ProcessHandle builder = builder();
      first.kill();
      awaitEnd(builder);
    }
    letBuild();
    requireWorking(resolve().prefix());
    assertThat(Files.readAllLines(outside.resolve("calls"))).hasSize(2);
  }

  @Test
  void resolve_otherJvmIsHalfWay_waitsAndUsesItsResult() throws Exception {
    letBuild();
    try (ChildJvm one = ResolvingJvm.start(distribution, cache, slow);
        ChildJvm two = ResolvingJvm.start(distribution, cache, slow)) {
      String prefix = one.line();
      assertThat(two.line()).isEqualTo(prefix).isNotNull();
      requireWorking(Path.of(prefix));
    }
    assertThat(Files.readAllLines(outside.resolve("calls"))).hasSize(1);
  }

  @Test
  void resolve_otherEnvironmentMeanwhile_doesNotWait() throws Exception {
    Packages.wheel(temporary.resolve("wheels"), "pure", "1.0", "VALUE = 1\n");
    try (ChildJvm first = ResolvingJvm.start(distribution, cache, slow)) {
      ProcessHandle builder = builder();
      ResolvedEnvironment other =
          EnvironmentResolver.resolve(
              PythonEnvironment.requirements("pure")
                  .withPipArguments(
                      "--no-index", "--find-links", temporary.resolve("wheels").toString()),
              distribution,
              cache);
      assertThat(other.sitePaths().get(0).resolve("pure.py")).isRegularFile();
      assertThat(builder.isAlive()).isTrue();
      first.kill();
      awaitEnd(builder);
    }
  }
}

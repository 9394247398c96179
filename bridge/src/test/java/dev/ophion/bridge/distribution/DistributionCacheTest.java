package dev.ophion.bridge.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.StartException;
import dev.ophion.bridge.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DistributionCacheTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path temporary;
  private Path cache;

  @BeforeEach
  void chooseCache() {
    cache = temporary.resolve("cache");
  }

  @Test
  void obtain_emptyCache_givesCompleteFolderForItsOwnerAlone() throws IOException {
    Distribution distribution = new FakeSource(() -> {}).cache(PATIENCE).obtainIn(cache);

    assertThat(distribution.version()).isEqualTo("3.14.0");
    assertThat(distribution.home().getFileName().toString())
        .matches("cpython-3\\.14\\.0-linux-x86_64-[0-9a-f]{12}");
    assertThat(distribution.executable()).isExecutable();
    assertThat(distribution.libpython()).isRegularFile();
    assertThat(distribution.stdlib().resolve("_ophion_probe.py")).hasContent("probe");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(distribution.home())))
        .isEqualTo("rwx------");
    assertThat(leftOvers()).isEmpty();
  }

  @Test
  void obtain_filledCache_doesNotUnpackAgain() {
    FakeSource source = new FakeSource(() -> {});
    Distribution first = source.cache(PATIENCE).obtainIn(cache);
    assertThat(source.cache(PATIENCE).obtainIn(cache)).isEqualTo(first);
    assertThat(source.unpacked).hasValue(1);
  }

  @Test
  void obtain_otherSupportFiles_givesOtherFolder() {
    FakeSource source = new FakeSource(() -> {});
    Path one = source.cache(PATIENCE).obtainIn(cache).home();
    DistributionCache other =
        new DistributionCache(source, FakeSource.support("changed"), (w, h) -> {}, PATIENCE);
    assertThat(other.obtainIn(cache).home()).isNotEqualTo(one);
    assertThat(one).isDirectory();
  }

  @Test
  void obtain_damagedFolder_isReplaced() throws IOException {
    FakeSource source = new FakeSource(() -> {});
    Distribution distribution = source.cache(PATIENCE).obtainIn(cache);
    Files.writeString(distribution.libpython(), "");

    source.cache(PATIENCE).obtainIn(cache);

    assertThat(distribution.libpython()).hasContent("x");
    assertThat(leftOvers()).isEmpty();
  }

  @Test
  void obtain_libpythonRemoved_isReplaced() throws IOException {
    FakeSource source = new FakeSource(() -> {});
    Distribution distribution = source.cache(PATIENCE).obtainIn(cache);
    Files.delete(distribution.libpython());
    source.cache(PATIENCE).obtainIn(cache);
    assertThat(distribution.libpython()).hasContent("x");
  }

  @Test
  void obtain_fourThreadsAtOnce_unpackOnce() throws Exception {
    FakeSource source = new FakeSource(() -> {});
    CyclicBarrier barrier = new CyclicBarrier(4);
    Callable<Path> task =
        () -> {
          barrier.await(30, TimeUnit.SECONDS);
          return source.cache(PATIENCE).obtainIn(cache).home();
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Path> homes = new ArrayList<>();
    try {
      for (Future<Path> home : threads.invokeAll(List.of(task, task, task, task))) {
        homes.add(home.get(30, TimeUnit.SECONDS));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(source.unpacked).hasValue(1);
    assertThat(homes).hasSize(4).containsOnly(homes.get(0));
  }

  @Test
  void obtain_twoProcessesAtOnce_unpackOnce() throws Exception {
    try (ChildJvm one = ChildProcess.start("obtain", cache);
        ChildJvm two = ChildProcess.start("obtain", cache)) {
      assertThat(one.line()).isEqualTo("up");
      assertThat(two.line()).isEqualTo("up");
      one.go();
      two.go();
      String[] first = one.line().split(" ", 2);
      String[] second = two.line().split(" ", 2);
      assertThat(first[1]).isEqualTo(second[1]);
      assertThat(Integer.parseInt(first[0]) + Integer.parseInt(second[0])).isEqualTo(1);
    }
    assertThat(leftOvers()).isEmpty();
  }

  @Test
  void obtain_otherProcessIsHalfWay_waitsAndUsesItsResult() throws Exception {
    try (ChildJvm first = ChildProcess.start("pause", cache);
        ChildJvm second = ChildProcess.start("obtain", cache)) {
      assertThat(first.line()).isEqualTo("up");
      first.go();
      assertThat(first.line()).isEqualTo("half-way");
      assertThat(second.line()).isEqualTo("up");
      second.go();
      first.go();
      assertThat(first.line()).isEqualTo("1");
      assertThat(second.line()).startsWith("0 ");
    }
  }

  @Test
  void obtain_afterProcessWasKilledHalfWay_removesItsLeftOvers() throws Exception {
    try (ChildJvm child = ChildProcess.start("hang", cache)) {
      assertThat(child.line()).isEqualTo("up");
      child.go();
      assertThat(child.line()).isEqualTo("half-way");
      assertThat(leftOvers()).hasSize(1);
      child.kill();
    }
    Distribution distribution = new FakeSource(() -> {}).cache(PATIENCE).obtainIn(cache);
    assertThat(distribution.libpython()).hasContent("x");
    assertThat(leftOvers()).isEmpty();
  }

  @Test
  void obtain_otherProcessHoldsLockTooLong_failsWithItsNumber() throws Exception {
    try (ChildJvm child = ChildProcess.start("hang", cache)) {
      assertThat(child.line()).isEqualTo("up");
      child.go();
      assertThat(child.line()).isEqualTo("half-way");
      assertThatThrownBy(() -> new FakeSource(() -> {}).cache(Duration.ZERO).obtainIn(cache))
          .isInstanceOf(StartException.class)
          .hasMessageMatching("(?s)Waited 0 s for process \\d+ to release .*OPHION_CACHE.*");
    }
  }

  @Test
  void obtain_diskFull_failsWithRemedyAndLeavesNothing() throws IOException {
    FakeSource source =
        new FakeSource(
            () -> {
              throw new IOException("No space left on device");
            });
    assertThatThrownBy(() -> source.cache(PATIENCE).obtainIn(cache))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining("dev.ophion.cache")
        .hasMessageContaining("OPHION_CACHE")
        .hasCauseInstanceOf(IOException.class);
    assertThat(leftOvers()).isEmpty();
    assertThat(new FakeSource(() -> {}).cache(PATIENCE).obtainIn(cache).home()).isDirectory();
  }

  @Test
  void obtain_compilerFails_leavesNoFolderBehind() throws IOException {
    DistributionCache failing =
        new DistributionCache(
            new FakeSource(() -> {}),
            FakeSource.support("probe"),
            (work, home) -> {
              throw new IOException("SyntaxError in _ophion_probe.py");
            },
            PATIENCE);
    assertThatThrownBy(() -> failing.obtainIn(cache))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("SyntaxError in _ophion_probe.py");
    try (Stream<Path> files = Files.list(cache)) {
      assertThat(files).extracting(f -> f.getFileName().toString()).containsExactly(".lock");
    }
  }

  @Test
  void obtain_cacheBelowAFile_failsWithRemedy() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(
            () -> new FakeSource(() -> {}).cache(PATIENCE).obtainIn(file.resolve("cache")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("OPHION_CACHE");
  }

  @Test
  void obtain_unpackedFolderOpenToOthers_isRefused() throws IOException {
    FakeSource source = new FakeSource(() -> {});
    Path home = source.cache(PATIENCE).obtainIn(cache).home();
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> source.cache(PATIENCE).obtainIn(cache))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(home.toString());
  }

  @Test
  void requireSupportedPlatform_otherSystem_namesIt() {
    assertThatThrownBy(() -> DistributionCache.requireSupportedPlatform("Mac OS X", "aarch64"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("Mac OS X on aarch64");
  }

  private List<Path> leftOvers() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(DistributionCache.TEMPORARY_PREFIX))
          .toList();
    }
  }
}

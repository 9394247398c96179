package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.ChildJvm;
import dev.ophion.bridge.relocation.ElfFile;
import dev.ophion.bridge.relocation.RealFiles;
import dev.ophion.bridge.relocation.Relocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class CopyRacesTest {

  private static final List<String> MODULES =
      List.of("_json", "_ctypes", "_struct", "_decimal", "_sqlite3", "math", "_random");
  private static final int SLOTS = 4;

  @TempDir Path temporary;
  private Path cacheDirectory;

  @BeforeEach
  void prepare() throws IOException {
    cacheDirectory = temporary.toRealPath().resolve("cache");
  }

  @Test
  void twoProcesses_atOnce_giveTheSameCompleteCopies() throws Exception {
    try (ChildJvm one = start(List.of(), SLOTS);
        ChildJvm two = start(List.of(), SLOTS)) {
      assertThat(one.line()).isEqualTo("up");
      assertThat(two.line()).isEqualTo("up");
      one.go();
      two.go();
      List<String> copies = untilDone(one);
      assertThat(untilDone(two)).isEqualTo(copies).hasSize(SLOTS * (1 + MODULES.size()));
      assertThat(new HashSet<>(copies)).hasSize(copies.size());
      assertThat(files().stream().map(Path::toString)).containsExactlyInAnyOrderElementsOf(copies);
    }
    for (Path file : files()) {
      assertGood(file);
    }
  }

  @Test
  void process_killedWhileItWrites_leavesNoFalseCopy_andWhatItLeavesIsRemoved() throws Exception {
    for (int round = 1; round <= 5; round++) {
      try (ChildJvm process = start(List.of(), 1000)) {
        process.line();
        process.go();
        for (int i = 0; i < 3 * round; i++) {
          process.line();
        }
        process.kill();
      }
    }
    Path leftOver = Files.writeString(folder().resolve(".relocating-1-1-1"), "half");
    for (Path file : files()) {
      if (!name(file).startsWith(".")) {
        assertGood(file);
      }
    }
    MovableClock clock = new MovableClock();
    CopyCache cache =
        CopyCache.open(cacheDirectory, RealFiles.libpython(), CopyRules.builtIn(), clock);
    cache.prune(Long.MAX_VALUE);
    assertThat(leftOver).exists();
    clock.forward(Duration.ofMinutes(11));
    assertThat(cache.prune(Long.MAX_VALUE)).isGreaterThanOrEqualTo(4);
    assertThat(files()).isNotEmpty().noneMatch(file -> name(file).startsWith("."));
  }

  @Test
  void fullDisk_isNamed_andLeavesNothing() throws Exception {
    // Files of at most 1 MiB: to whoever writes, the same as a disk without room.
    List<String> limited = List.of("sh", "-c", "ulimit -f 2048; exec \"$@\"", "sh");
    try (ChildJvm process = start(limited, 1)) {
      assertThat(process.line()).isEqualTo("up");
      process.go();
      assertThat(process.line())
          .startsWith("The copy of " + RealFiles.libpython() + " cannot be written to " + folder())
          .contains("File too large")
          .contains("It takes about " + Files.size(RealFiles.libpython()) + " bytes, and ")
          .contains("option copiesDirectory", "dev.ophion.cache");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void copy_cutShort_isMadeAgain() throws Exception {
    Path module = RealFiles.module("_json");
    Path copy = open().extension(module, Slot.SHARED);
    byte[] whole = Files.readAllBytes(copy);
    for (int length : new int[] {0, 10, 4096, whole.length - 1}) {
      Files.write(copy, java.util.Arrays.copyOf(whole, length));
      assertThat(open().extension(module, Slot.SHARED)).isEqualTo(copy);
      assertThat(copy).hasBinaryContent(whole);
    }
  }

  @Test
  void threads_ofOneSlotAndOfSeveral_getCompleteCopies() throws Exception {
    CopyCache cache = open();
    int threads = 8;
    CyclicBarrier start = new CyclicBarrier(threads);
    List<List<Path>> results =
        inThreads(
            threads,
            number -> {
              start.await(30, TimeUnit.SECONDS);
              List<Path> copies = new ArrayList<>();
              for (String module : MODULES) {
                Path copy = cache.extension(RealFiles.module(module), new Slot(number % 2));
                assertGood(copy);
                copies.add(copy);
              }
              return copies;
            });
    Set<List<Path>> distinct = new HashSet<>(results);
    assertThat(distinct).hasSize(2);
    assertThat(files()).hasSize(2 * (1 + MODULES.size()));
  }

  @Test
  void package_upgradedAllTheTime_givesCopiesThatFitTogether() throws Exception {
    Path site = Files.createDirectories(temporary.toRealPath().resolve("a"));
    Path one = Libraries.usingPython(site.resolve("libhelper.so"), "-DONE");
    Path module = Libraries.plain(site.resolve("mod.so"), Libraries.needing(one));
    Path versionOne = Files.copy(one, temporary.resolve("one"));
    Path versionTwo = Libraries.usingPython(temporary.resolve("two").resolve("libhelper.so"), "-g");
    CopyCache cache = open();
    AtomicBoolean done = new AtomicBoolean();
    List<Set<Path>> results =
        inThreads(
            2,
            number ->
                number == 0
                    ? upgrade(done, one, versionOne, versionTwo)
                    : ask(done, cache, module));
    assertThat(results.get(1)).hasSizeGreaterThan(1);
    for (Path copy : results.get(1)) {
      assertGood(copy);
      String helper = ElfFile.read(copy).needed().get(0);
      assertThat(helper).startsWith("libhelper-");
      assertGood(folder().resolve(helper));
    }
  }

  private static Set<Path> upgrade(AtomicBoolean done, Path file, Path one, Path two)
      throws IOException {
    Path fresh = file.resolveSibling("fresh");
    for (int i = 0; !done.get(); i++) {
      Files.copy(i % 2 == 0 ? two : one, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return Set.of();
  }

  private static Set<Path> ask(AtomicBoolean done, CopyCache cache, Path module) {
    Set<Path> copies = new HashSet<>();
    try {
      // At least as long as it takes the other thread to come by.
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      for (int i = 0; i < 50 || (copies.size() < 2 && System.nanoTime() < deadline); i++) {
        try {
          copies.add(cache.extension(module, Slot.SHARED));
        } catch (CopyException e) {
          assertThat(e).hasMessageContaining("changes all the time");
        }
      }
      return copies;
    } finally {
      done.set(true);
    }
  }

  private interface Work<T> {
    T run(int number) throws Exception;
  }

  private static <T> List<T> inThreads(int count, Work<T> work) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(count);
    try {
      List<Callable<T>> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        tasks.add(() -> work.run(number));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : executor.invokeAll(tasks, 100, TimeUnit.SECONDS)) {
        results.add(future.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  private CopyCache open() {
    return CopyCache.open(
        cacheDirectory, RealFiles.libpython(), CopyRules.builtIn(), Clock.systemUTC());
  }

  private ChildJvm start(List<String> prefix, int slots) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(Integer.toString(slots)));
    for (String module : MODULES) {
      arguments.add(RealFiles.module(module).toString());
    }
    return CopyProcess.start(prefix, cacheDirectory, arguments.toArray(String[]::new));
  }

  private static List<String> untilDone(ChildJvm process) throws IOException {
    List<String> lines = new ArrayList<>();
    String line = process.line();
    while (!"done".equals(line)) {
      assertThat(line).isNotNull();
      lines.add(line);
      line = process.line();
    }
    return lines;
  }

  private static void assertGood(Path copy) throws IOException {
    assertThat(Relocator.isComplete(copy)).as("%s is complete", copy).isTrue();
    assertThat(ElfFile.read(copy).soname()).isEqualTo(name(copy));
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private Path folder() {
    return cacheDirectory;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .filter(file -> !file.endsWith(Contents.FILE) && !file.endsWith(Linkages.FILE))
          .toList();
    }
  }
}

package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** NumPy's own tests in two images of one process at the same time. */
@Tag("packages")
@ExtendWith(NoLeftovers.class)
final class NumpySuiteTest {

  private static final Logger LOG = LoggerFactory.getLogger(NumpySuiteTest.class);

  private static final int FEWEST_TESTS = 20_000;
  private static final long SECONDS = 900;

  @TempDir private Path folder;

  @Test
  @Timeout(2 * SECONDS)
  void numpyTests_inTwoImagesAtOnce_endAsInAPlainProcess() throws Exception {
    List<String> expected =
        PackageRuntime.plain(
            folder.resolve("log"), SECONDS, "numpy_tests.py", newFolder("plain").toString());
    Map<String, Long> counts =
        expected.stream()
            .collect(Collectors.groupingBy(NumpySuiteTest::outcome, Collectors.counting()));
    LOG.info("NumPy's tests in a plain process: {}", counts);
    assertThat(expected).hasSizeGreaterThan(FEWEST_TESTS);
    assertThat(counts).doesNotContainKey("failed");
    try (Interpreter left = open("left");
        Interpreter right = open("right")) {
      CompletableFuture<String> first = run(left);
      CompletableFuture<String> second = run(right);
      List<String> firstLines = first.get(SECONDS, TimeUnit.SECONDS).lines().toList();
      List<String> secondLines = second.get(SECONDS, TimeUnit.SECONDS).lines().toList();
      assertThat(firstLines).as(reasons(left, firstLines, expected)).isEqualTo(expected);
      assertThat(secondLines).as(reasons(right, secondLines, expected)).isEqualTo(expected);
    }
  }

  private static Interpreter open(String name) {
    return PackageRuntime.open(name, Isolation.IMAGE, "from numpy_tests import reason, run");
  }

  private CompletableFuture<String> run(Interpreter image) throws Exception {
    return image.async().call("run", String.class, newFolder(image.name()).toString());
  }

  private Path newFolder(String name) throws Exception {
    return Files.createDirectory(folder.resolve(name));
  }

  private static String outcome(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  /** Says of each test that ended otherwise how, and why it failed. */
  private static String reasons(Interpreter image, List<String> lines, List<String> expected) {
    Set<String> others = new HashSet<>(lines);
    expected.forEach(others::remove);
    return others.stream()
        .sorted()
        .map(line -> line + "\n" + image.call("reason", String.class, line))
        .collect(Collectors.joining("\n", image.name() + "\n", ""));
  }
}

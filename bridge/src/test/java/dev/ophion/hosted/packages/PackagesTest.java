package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiled packages at real work in two images of one process at the same time. */
@Tag("packages")
@ExtendWith(NoLeftovers.class)
final class PackagesTest {

  private static final Logger LOG = LoggerFactory.getLogger(PackagesTest.class);

  /** Each has a module of this name among the resources. */
  private static final List<String> PACKAGES =
      List.of(
          "numpy",
          "pandas",
          "scipy",
          "sklearn",
          "pyarrow",
          "polars",
          "duckdb",
          "pydantic",
          "orjson",
          "lxml",
          "PIL",
          "cryptography",
          "msgspec",
          "matplotlib",
          "cffi");

  private static final int ROUNDS = 3;
  private static final long PLAIN_SECONDS = 300;
  private static final long BODY_SECONDS = 120;

  @TempDir private Path folder;

  @Test
  @Timeout(900)
  void bodies_inTwoImagesAtOnce_giveWhatAPlainProcessGives() throws Exception {
    Map<String, String> expected = plainResults();
    SoftAssertions checks = new SoftAssertions();
    try (Interpreter left = open("left");
        Interpreter right = open("right")) {
      for (int round = 1; round <= ROUNDS; round++) {
        for (String name : PACKAGES) {
          long started = System.nanoTime();
          List<CompletableFuture<String>> results =
              Stream.of(left, right).map(image -> resultIn(image, name)).toList();
          for (CompletableFuture<String> result : results) {
            checks
                .assertThatCode(
                    () ->
                        assertThat(result.get(BODY_SECONDS, TimeUnit.SECONDS))
                            .isEqualTo(expected.get(name)))
                .as("%s, round %d", name, round)
                .doesNotThrowAnyException();
          }
          LOG.info("{} took {} ms", name, (System.nanoTime() - started) / 1_000_000);
        }
      }
    }
    checks.assertAll();
  }

  private static Interpreter open(String name) {
    return PackageRuntime.open(name, Isolation.IMAGE, "from bodies import result");
  }

  private static CompletableFuture<String> resultIn(Interpreter image, String name) {
    return image.async().call("result", String.class, name);
  }

  private Map<String, String> plainResults() throws Exception {
    String[] arguments =
        Stream.concat(Stream.of("-m", "bodies"), PACKAGES.stream()).toArray(String[]::new);
    Map<String, String> results = new HashMap<>();
    for (String line : PackageRuntime.plain(folder.resolve("log"), PLAIN_SECONDS, arguments)) {
      int space = line.indexOf(' ');
      results.put(line.substring(0, space), line.substring(space + 1));
    }
    assertThat(results).containsOnlyKeys(PACKAGES);
    return results;
  }
}

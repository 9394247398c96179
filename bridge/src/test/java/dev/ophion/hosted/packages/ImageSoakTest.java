package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.bridge.Memory;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Many images at once, and images that come and go beside each other. */
@Tag("packages")
@ExtendWith(NoLeftovers.class)
final class ImageSoakTest {

  private static final Logger LOG = LoggerFactory.getLogger(ImageSoakTest.class);

  private static final int IMAGES = 16;
  private static final int ROUNDS = 20;
  private static final int WARM_UP_IMAGES = 10;

  private static final long SEED = 20260417L;
  private static final int THREADS = 4;
  private static final int WARM_UP_SECONDS = 5;
  private static final int SOAK_SECONDS = 60;
  private static final int NUMPY_IMAGES = 24;

  /** Anonymous memory of an image with NumPy, which it keeps after it was closed: 11 MB seen. */
  private static final long MOST_KIB_OF_NUMPY = 16_000;

  /** The JIT compiler's memory and malloc's arenas; see FlatMemoryTest for what others leave. */
  private static final long MOST_KIB_OF_OTHERS = 300;

  private static final int BARE_CYCLES = 200;
  private static final int NUMPY_CYCLES = 50;

  private static final String NUMPY =
      """
      import numpy as np
      def solve(seed):
          a = np.random.default_rng(seed).standard_normal((100, 100))
          return float(np.linalg.norm(np.linalg.solve(a, a @ np.ones(100))))
      """;

  @Test
  @Timeout(300)
  void sixteenImages_withNumpy_workAtOnce() throws Exception {
    growth(WARM_UP_IMAGES, NUMPY + "solve(1)\n"); // what the first ones take is the JVM's
    long before = residentKib();
    List<Interpreter> images = new ArrayList<>();
    try {
      for (int i = 0; i < IMAGES; i++) {
        images.add(PackageRuntime.open("image-" + i, Isolation.IMAGE, NUMPY));
      }
      for (int round = 0; round < ROUNDS; round++) {
        int seed = round;
        List<CompletableFuture<Double>> results =
            images.stream().map(image -> image.async().call("solve", Double.class, seed)).toList();
        for (CompletableFuture<Double> result : results) {
          assertThat(result.get(60, TimeUnit.SECONDS)).isCloseTo(10, within(1e-6));
        }
      }
      long each = (residentKib() - before) / IMAGES;
      LOG.info("{} images with NumPy take {} KiB each", IMAGES, each);
      assertThat(each).isLessThan(MOST_KIB_OF_NUMPY);
    } finally {
      images.forEach(Interpreter::close);
    }
  }

  @Test
  @Timeout(300)
  void image_closedAndMadeAgain_growsByNoMoreThanStated() throws Exception {
    long bare = growth(BARE_CYCLES, "x = 1");
    long numpy = growth(NUMPY_CYCLES, NUMPY + "solve(1)\n");
    LOG.info("A closed image keeps {} KiB bare and {} KiB with NumPy", bare, numpy);
    assertThat(bare).isLessThan(MOST_KIB_OF_OTHERS);
    assertThat(numpy).isLessThan(MOST_KIB_OF_NUMPY);
  }

  /** Opens, uses and closes images one after another; returns what each left behind in KiB. */
  private static long growth(int cycles, String source) throws IOException {
    for (int i = 0; i < cycles / 5; i++) {
      PackageRuntime.open("warm", Isolation.IMAGE, source).close(Duration.ofSeconds(30));
    }
    long before = residentKib();
    for (int i = 0; i < cycles; i++) {
      PackageRuntime.open("cycle", Isolation.IMAGE, source).close(Duration.ofSeconds(30));
    }
    return (residentKib() - before) / cycles;
  }

  @Test
  @Timeout(300)
  void imagesAndSubinterpreters_openedUsedAndClosedAtRandom_growOnlyAsDocumented()
      throws Exception {
    lives(SEED, WARM_UP_SECONDS, 0);
    long before = residentKib();
    Map<RandomLives.Deed, Integer> counts = lives(SEED + THREADS, SOAK_SECONDS, NUMPY_IMAGES);
    long growth = residentKib() - before;
    LOG.info("{} grew anonymous memory by {} KiB", counts, growth);
    assertThat(counts).containsOnlyKeys(RandomLives.Deed.values());
    long withNumpy = counts.get(RandomLives.Deed.OPEN_NUMPY);
    long images = counts.get(RandomLives.Deed.OPEN_IMAGE);
    long subinterpreters = counts.get(RandomLives.Deed.OPEN_SUBINTERPRETER);
    long others = images + subinterpreters;
    assertThat(growth).isLessThan(withNumpy * MOST_KIB_OF_NUMPY + others * MOST_KIB_OF_OTHERS);
  }

  /** Runs the threads with seeds from the first on; returns how often they did what. */
  private static Map<RandomLives.Deed, Integer> lives(long firstSeed, int seconds, int numpyImages)
      throws Exception {
    LOG.info("{} threads with seeds from {} on, for {} s", THREADS, firstSeed, seconds);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    AtomicInteger numpyLeft = new AtomicInteger(numpyImages);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Map<RandomLives.Deed, Integer>>> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(
            pool.submit(
                new RandomLives("life-" + (firstSeed + i), firstSeed + i, deadline, numpyLeft)));
      }
      Map<RandomLives.Deed, Integer> sum = new EnumMap<>(RandomLives.Deed.class);
      for (Future<Map<RandomLives.Deed, Integer>> thread : threads) {
        thread.get().forEach((deed, count) -> sum.merge(deed, count, Integer::sum));
      }
      return sum;
    } finally {
      pool.shutdown();
      awaitEnds();
    }
  }

  /** Closing returns before the ends of images with many modules. */
  private static void awaitEnds() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!PackageRuntime.start().interpreters().isEmpty() && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
  }

  private static long residentKib() throws IOException {
    System.gc();
    return Memory.anonymousKib();
  }
}

package dev.ophion.hosted.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several threads that misuse the same things for some time. */
final class MisuseRun {

  private static final Logger LOG = LoggerFactory.getLogger(MisuseRun.class);

  static final long SEED = Long.getLong("dev.ophion.misuse.seed", 20261121);

  private static final int THREADS = 4;

  /** Longer than any deadline that an operation gives. */
  private static final long PATIENCE_SECONDS = 180;

  private MisuseRun() {}

  /** Fails if anything but what is documented comes, and closes the things. */
  static void run(Things opened, long seconds) throws Exception {
    LOG.info("{} threads with seeds from {} on, for {} s", THREADS, SEED, seconds);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    Map<String, Integer> counts = new TreeMap<>();
    try (Things things = opened) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      List<Misuser> misusers = new ArrayList<>();
      List<Future<?>> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Misuser misuser = new Misuser(things, SEED + i, deadline);
        misusers.add(misuser);
        threads.add(pool.submit(misuser));
      }
      try {
        for (int i = 0; i < THREADS; i++) {
          await(threads.get(i), misusers.get(i), seconds);
        }
      } finally {
        misusers.forEach(Misuser::stop);
        pool.shutdown();
        pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
      misusers.forEach(
          misuser -> misuser.counts().forEach((name, n) -> counts.merge(name, n, Integer::sum)));
    }
    LOG.info("Done, and refused: {}", counts);
    int steps = counts.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(steps).isGreaterThan(1_000);
    for (Operation operation : Operation.values()) {
      assertThat(counts).as("was done at least once").containsKey(operation.name());
    }
  }

  private static void await(Future<?> thread, Misuser misuser, long seconds) throws Exception {
    try {
      thread.get(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "%s hangs; all threads:%n%s".formatted(misuser, Things.threadDump()), e);
    }
  }
}

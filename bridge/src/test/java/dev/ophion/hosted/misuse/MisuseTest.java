package dev.ophion.hosted.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.interpreter.NoLeftovers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every public operation on interpreters, payloads, arrays, buffers, handles and shared memory, in
 * an order that seeds decide, by several threads on the same objects, use after close included. The
 * JVM lives on, only documented exceptions come, every piece of memory holds what was written, and
 * in the end nothing is left.
 *
 * <p>{@code -Ddev.ophion.misuse.seconds=600} runs longer, {@code -Ddev.ophion.misuse.seed=7} with
 * other seeds.
 */
@Tag("subinterpreter") // it makes both kinds itself
@ExtendWith(NoLeftovers.class)
final class MisuseTest {

  private static final Logger LOG = LoggerFactory.getLogger(MisuseTest.class);

  private static final int THREADS = 4;
  private static final long SECONDS = Long.getLong("dev.ophion.misuse.seconds", 60);
  private static final long SEED = Long.getLong("dev.ophion.misuse.seed", 20261121);

  /** Longer than any deadline that an operation gives. */
  private static final long PATIENCE_SECONDS = 180;

  @Test
  void anySequence_ofPublicCalls_isSafe() throws Exception {
    LOG.info("{} threads with seeds from {} on, for {} s", THREADS, SEED, SECONDS);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    Map<String, Integer> counts = new TreeMap<>();
    try (Things things = new Things()) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      List<Misuser> misusers = new ArrayList<>();
      List<Future<?>> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Misuser misuser = new Misuser(things, SEED + i, deadline);
        misusers.add(misuser);
        threads.add(pool.submit(misuser));
      }
      try {
        for (int i = 0; i < THREADS; i++) {
          await(threads.get(i), misusers.get(i));
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

  private static void await(Future<?> thread, Misuser misuser) throws Exception {
    try {
      thread.get(SECONDS + PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "%s hangs; all threads:%n%s".formatted(misuser, Things.threadDump()), e);
    }
  }
}

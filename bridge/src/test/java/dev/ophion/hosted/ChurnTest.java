package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Interpreters come and go on several threads at once, and memory stays where it is. */
@ExtendWith(NoLeftovers.class)
final class ChurnTest {

  private static final Logger LOG = LoggerFactory.getLogger(ChurnTest.class);

  private static final int THREADS = 4;
  private static final int WARM_UP = 60;
  private static final int CYCLES = 200;

  /** CPython keeps some KiB of each interpreter; the rest of the bound is the JVM's own noise. */
  private static final long MOST_GROWTH_KIB_A_CYCLE = 200;

  private static final String WORK =
      """
      import json, asyncio, decimal, sqlite3, datetime, ctypes, threading
      async def wait():
          await asyncio.sleep(0)
          return json.loads('[1, 2]')
      def work():
          assert asyncio.run(wait()) == [1, 2]
          assert decimal.Decimal('0.1') + 1 == decimal.Decimal('1.1')
          with sqlite3.connect(':memory:') as db:
              assert db.execute('select 1 + 1').fetchone() == (2,)
          db.close()
          assert datetime.date(2026, 1, 1).weekday() == 3
          assert ctypes.sizeof(ctypes.c_int) == 4
          seen = []
          thread = threading.Thread(target=seen.append, args=(1,))
          thread.start()
          thread.join()
          return seen
      """;

  @Test
  @Timeout(300)
  void createUseClose_fromFourThreads_keepsMemoryFlat() throws Exception {
    cycle(WARM_UP);
    long before = residentKib();
    cycle(CYCLES);
    long growth = residentKib() - before;
    LOG.info("{} cycles grew resident memory by {} KiB", CYCLES, growth);
    assertThat(growth).isLessThan(CYCLES * MOST_GROWTH_KIB_A_CYCLE);
  }

  private static void cycle(int count) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = "churn-" + i;
        done.add(pool.submit(() -> useOne(name)));
      }
      for (Future<?> future : done) {
        future.get();
      }
    } finally {
      pool.shutdown();
    }
  }

  private static void useOne(String name) {
    try (Interpreter python = Python.start().newInterpreter(name)) {
      python.exec(WORK);
      assertThat(python.call("work")).isEqualTo(List.of(1L));
    }
  }

  /** Without the Java heap, which grows as the collector likes. */
  private static long residentKib() throws IOException {
    System.gc();
    long resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    return resident - heap / 1024;
  }
}

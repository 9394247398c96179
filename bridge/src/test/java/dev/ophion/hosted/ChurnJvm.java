package dev.ophion.hosted;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.bridge.Memory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes, uses and closes interpreters; prints by how many KiB resident memory grew. */
final class ChurnJvm {

  static final int CYCLES = 200;

  private static final int THREADS = 4;
  private static final int WARM_UP = 60;

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

  private ChurnJvm() {}

  public static void main(String[] arguments) throws Exception {
    try (Python python = Python.start()) {
      cycle(python, WARM_UP);
      long before = residentKib();
      cycle(python, CYCLES);
      System.out.println(residentKib() - before);
    }
  }

  private static void cycle(Python python, int count) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = "churn-" + i;
        done.add(pool.submit(() -> useOne(python, name)));
      }
      for (Future<?> future : done) {
        future.get();
      }
    } finally {
      pool.shutdown();
    }
  }

  private static void useOne(Python runtime, String name) {
    try (Interpreter python = runtime.newInterpreter(name)) {
      python.exec(WORK);
      if (!List.of(1L).equals(python.call("work"))) {
        throw new IllegalStateException("wrong result");
      }
    }
  }

  private static long residentKib() throws IOException {
    System.gc();
    return Memory.residentKib();
  }
}

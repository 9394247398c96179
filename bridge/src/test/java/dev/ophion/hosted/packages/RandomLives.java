package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;

/**
 * One thread that makes, uses and closes interpreters in an order that a seed decides, until a
 * deadline. Confined to the thread that calls it.
 */
final class RandomLives implements Callable<Map<RandomLives.Deed, Integer>> {

  /** What a thread does next. */
  enum Deed {
    OPEN_SUBINTERPRETER,
    OPEN_IMAGE,
    OPEN_NUMPY,
    USE,
    SEND,
    CLOSE
  }

  private static final int MOST_OPEN = 4;

  private static final String WORK =
      """
      import decimal, json, sqlite3, threading, zlib
      def work(seed):
          with sqlite3.connect(":memory:") as db:
              seed = db.execute("select ?", (seed,)).fetchone()[0]
          db.close()
          seen = []
          thread = threading.Thread(target=lambda: seen.append(zlib.crc32(b"%d" % seed)))
          thread.start()
          thread.join()
          number = decimal.Decimal(json.loads(json.dumps({"n": seen[0]}))["n"])
          return int(number * 2)
      """;

  private static final String NUMPY_WORK =
      """
      import numpy as np
      def solve(seed):
          a = np.random.default_rng(seed).standard_normal((60, 60))
          return float(np.linalg.norm(np.linalg.solve(a, a @ np.ones(60))))
      def make(size):
          global numbers
          numbers = np.arange(size, dtype=float)
      """;

  private record Life(Interpreter python, boolean hasNumpy) {}

  private final String name;
  private final Random random;
  private final long deadlineNanos;

  /** How many images may still import NumPy: each of them stays mapped. */
  private final AtomicInteger numpyLeft;

  private final List<Life> open = new ArrayList<>();
  private final Map<Deed, Integer> counts = new EnumMap<>(Deed.class);
  private int made;

  RandomLives(String name, long seed, long deadlineNanos, AtomicInteger numpyLeft) {
    this.name = name;
    this.random = new Random(seed);
    this.deadlineNanos = deadlineNanos;
    this.numpyLeft = numpyLeft;
  }

  /** Returns how often each deed was done. */
  @Override
  public Map<Deed, Integer> call() {
    try {
      while (System.nanoTime() - deadlineNanos < 0) {
        Deed deed = Deed.values()[random.nextInt(Deed.values().length)];
        if (done(deed)) {
          counts.merge(deed, 1, Integer::sum);
        }
      }
    } finally {
      open.forEach(life -> life.python().close());
    }
    return counts;
  }

  private boolean done(Deed deed) {
    return switch (deed) {
      case OPEN_SUBINTERPRETER -> opened(Isolation.SUBINTERPRETER, false);
      case OPEN_IMAGE -> opened(Isolation.IMAGE, false);
      case OPEN_NUMPY -> opened(Isolation.IMAGE, true);
      case USE -> used();
      case SEND -> sent();
      case CLOSE -> closed();
    };
  }

  private boolean opened(Isolation isolation, boolean withNumpy) {
    if (open.size() == MOST_OPEN || (withNumpy && numpyLeft.getAndDecrement() <= 0)) {
      return false;
    }
    String code = withNumpy ? WORK + NUMPY_WORK : WORK;
    Interpreter python = PackageRuntime.open(name + "-" + made++, isolation, code);
    open.add(new Life(python, withNumpy));
    return true;
  }

  private boolean used() {
    if (open.isEmpty()) {
      return false;
    }
    Life life = anyOpen();
    int seed = random.nextInt(1_000_000);
    CRC32 crc = new CRC32();
    crc.update(Integer.toString(seed).getBytes(StandardCharsets.US_ASCII));
    assertThat(life.python().call("work", Long.class, seed)).isEqualTo(2 * crc.getValue());
    if (life.hasNumpy()) {
      assertThat(life.python().call("solve", Double.class, seed))
          .isCloseTo(Math.sqrt(60), within(1e-6));
    }
    return true;
  }

  /** An array of NumPy goes from one image into another, which lets go of it again. */
  private boolean sent() {
    List<Life> able = open.stream().filter(Life::hasNumpy).toList();
    if (able.size() < 2) {
      return false;
    }
    int size = 1 + random.nextInt(100_000);
    Interpreter sender = able.get(0).python();
    Interpreter receiver = able.get(1).python();
    sender.call("make", size);
    try (Payload payload = sender.dump("numbers")) {
      receiver.load("received", payload);
      assertThat(receiver.eval("float(received.sum())", Double.class))
          .isEqualTo((size - 1.0) * size / 2);
      receiver.exec("del received");
    }
    return true;
  }

  private boolean closed() {
    if (open.isEmpty()) {
      return false;
    }
    Life life = anyOpen();
    life.python().close();
    open.remove(life);
    return true;
  }

  private Life anyOpen() {
    return open.get(random.nextInt(open.size()));
  }
}

package dev.ophion.bridge.distribution;

import dev.ophion.bridge.ChildJvm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** A second JVM that works on the same cache, and its main method. */
public final class ChildProcess {

  private ChildProcess() {}

  public static ChildJvm start(String mode, Path cache) throws IOException {
    return ChildJvm.start(ChildProcess.class, mode, cache.toString());
  }

  public static void main(String[] arguments) throws Exception {
    Path cache = Path.of(arguments[1]);
    System.out.println("up");
    System.in.read();
    switch (arguments[0]) {
      case "obtain" -> {
        FakeSource source = new FakeSource(() -> {});
        Path home = source.cache(Duration.ofMinutes(1)).obtainIn(cache).home();
        System.out.println(source.unpacked.get() + " " + home);
      }
      case "pause" -> {
        FakeSource source =
            new FakeSource(
                () -> {
                  System.out.println("half-way");
                  System.in.read();
                });
        source.cache(Duration.ofMinutes(1)).obtainIn(cache);
        System.out.println(source.unpacked.get());
      }
      case "hang" ->
          new FakeSource(
                  () -> {
                    System.out.println("half-way");
                    awaitForever();
                  })
              .cache(Duration.ofMinutes(1))
              .obtainIn(cache);
      case "trylock" -> {
        try (FileChannel channel =
            FileChannel.open(cache.resolve(".lock"), StandardOpenOption.WRITE)) {
          System.out.println(channel.tryLock() == null ? "held" : "free");
        }
      }
      default -> throw new IllegalArgumentException(Arrays.toString(arguments));
    }
  }

  private static void awaitForever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

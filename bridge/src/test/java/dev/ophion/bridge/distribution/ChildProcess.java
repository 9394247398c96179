package dev.ophion.bridge.distribution;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** A second JVM that works on the same cache, and its main method. */
public final class ChildProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  private ChildProcess(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  public static ChildProcess start(String mode, Path cache) throws Exception {
    List<String> path = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    for (Class<?> type :
        List.of(DistributionCache.class, dev.ophion.StartException.class, Logger.class)) {
      path.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    path.add(Path.of("target", "test-classes").toAbsolutePath().toString());
    return new ChildProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, path),
                ChildProcess.class.getName(),
                mode,
                cache.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Sends one line, which the child waits for before it starts. */
  public void go() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  public String line() throws IOException {
    return output.readLine();
  }

  /** Kills the child, which gets no chance to clean up, and waits for its end. */
  void kill() {
    process.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
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

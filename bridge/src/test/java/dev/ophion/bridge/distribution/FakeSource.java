package dev.ophion.bridge.distribution;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A distribution of three tiny files that counts how often it is unpacked. */
final class FakeSource implements DistributionSource {

  /** Runs after the first file has been written. */
  interface HalfWay {
    void run() throws IOException;
  }

  final AtomicInteger unpacked = new AtomicInteger();
  private final HalfWay halfWay;

  FakeSource(HalfWay halfWay) {
    this.halfWay = halfWay;
  }

  DistributionCache cache(Duration patience) {
    return new DistributionCache(this, support("probe"), (work, home) -> {}, patience);
  }

  static SupportFiles support(String content) {
    return new SupportFiles(Map.of("_ophion_probe.py", content.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public String version() {
    return "3.14.0";
  }

  @Override
  public void identify(Fingerprint fingerprint) {
    fingerprint.add("fake");
  }

  @Override
  public long sizeBytes() {
    return 3;
  }

  @Override
  public void unpack(Path target) throws IOException {
    unpacked.incrementAndGet();
    Files.createDirectories(target.resolve("bin"));
    Files.writeString(target.resolve(Layout.EXECUTABLE), "#!/bin/sh\n");
    halfWay.run();
    Files.writeString(target.resolve(Layout.LIBPYTHON), "x");
    Files.createDirectories(target.resolve(Layout.STDLIB));
    Files.writeString(target.resolve(Layout.STDLIB).resolve("os.py"), "");
  }
}

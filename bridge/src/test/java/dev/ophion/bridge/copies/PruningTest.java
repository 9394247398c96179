package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.relocation.RealFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PruningTest {

  private static final Slot ONE = Slot.SHARED;
  private static final Slot TWO = new Slot(1);

  @TempDir Path temporary;
  private final MovableClock clock = new MovableClock();
  private CopyCache cache;

  @BeforeEach
  void open() throws IOException {
    cache =
        CopyCache.open(
            temporary.toRealPath().resolve("cache"),
            RealFiles.libpython(),
            CopyRules.builtIn(),
            clock);
  }

  @Test
  void sizeBytes_isThatOfAllCopies() throws IOException {
    assertThat(cache.sizeBytes()).isZero();
    Path one = cache.libpython(ONE);
    Path two = cache.libpython(TWO);
    assertThat(cache.sizeBytes()).isEqualTo(Files.size(one) + Files.size(two));
  }

  @Test
  void prune_whatWasUsedAMomentAgo_stays() {
    cache.libpython(ONE);
    assertThat(cache.prune(0)).isZero();
  }

  @Test
  void prune_removesWhatWasNotUsedForLongest() {
    Path one = cache.extension(RealFiles.module("_json"), ONE);
    Path two = cache.extension(RealFiles.module("_json"), TWO);
    clock.forward(Duration.ofMinutes(1));
    cache.extension(RealFiles.module("_json"), ONE);
    clock.forward(Duration.ofHours(1));
    cache.extension(RealFiles.module("_json"), ONE);
    clock.forward(Duration.ofHours(1));
    long size = cache.sizeBytes();
    assertThat(cache.prune(size)).isZero();
    assertThat(cache.prune(size / 2)).isEqualTo(size / 2);
    assertThat(one).exists();
    assertThat(cache.libpython(ONE)).exists();
    assertThat(two).doesNotExist();
    assertThat(cache.sizeBytes()).isEqualTo(size / 2);
  }

  @Test
  void prune_whatAProcessHasMapped_stays() throws IOException {
    Path one = cache.libpython(ONE);
    Path two = cache.libpython(TWO);
    clock.forward(Duration.ofHours(1));
    try (FileChannel channel = FileChannel.open(one)) {
      var mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, 1 << 16);
      assertThat(cache.prune(0)).isPositive();
      java.lang.ref.Reference.reachabilityFence(mapping);
    }
    assertThat(one).exists();
    assertThat(two).doesNotExist();
  }

  @Test
  void copy_prunedBetweenTwoCalls_isMadeAgain() {
    Path copy = cache.extension(RealFiles.module("_json"), ONE);
    clock.forward(Duration.ofHours(1));
    cache.prune(0);
    assertThat(cache.extension(RealFiles.module("_json"), ONE)).isEqualTo(copy).exists();
    assertThat(cache.libpython(ONE)).exists();
  }
}

package dev.ophion.bridge.relocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * A damaged file gives its exception or a copy that reads as asked for, soon and in little room.
 */
final class RelocatorFuzzTest {

  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final long MOST_ALLOCATED_BYTES = 32L << 20;
  private static final Relocation CHANGE =
      Relocation.named("a.so").dependFirstOn("b.so").rename("libc.so.6", "c.so").build();

  /** One damage. */
  record Damage(long at, int width, long value) {

    void apply(ForgedElf elf) {
      long place = Math.floorMod(at, elf.size() - 8L);
      switch (width) {
        case 1 -> elf.setByte(place, (int) value);
        case 2 -> elf.setShort(place & -2, (int) value);
        case 4 -> elf.setInt(place & -4, value);
        default -> elf.setLong(place & -8, value);
      }
    }
  }

  private static Path folder;
  private static ForgedElf intact;
  private static Path source;

  @BeforeContainer
  static void prepare() throws IOException {
    folder = Files.createTempDirectory("fuzz");
    source = RealFiles.module("_bisect");
    intact = ForgedElf.of(source);
  }

  @AfterContainer
  static void remove() throws IOException {
    for (String name : List.of("damaged.so", "copy.so")) {
      Files.deleteIfExists(folder.resolve(name));
    }
    // Fails if a temporary file was left.
    Files.delete(folder);
  }

  @Property(tries = 1500, shrinking = ShrinkingMode.OFF)
  void relocate_damagedFile_isRefusedOrRight(@ForAll("damages") List<Damage> damages)
      throws IOException {
    ForgedElf elf = ForgedElf.of(source);
    damages.forEach(damage -> damage.apply(elf));
    relocateOrRefuse(elf.write(folder.resolve("damaged.so")));
  }

  @Property(tries = 300)
  void relocate_truncatedFile_isRefused(@ForAll("lengths") int length) throws IOException {
    Path file = intact.write(folder.resolve("damaged.so"), length);
    assertThat(relocateOrRefuse(file)).isFalse();
  }

  @Provide
  Arbitrary<Integer> lengths() {
    return Arbitraries.integers().between(0, intact.size() - 1);
  }

  @Provide
  Arbitrary<List<Damage>> damages() {
    Arbitrary<Integer> widths = Arbitraries.of(1, 2, 4, 8);
    return Combinators.combine(places(), widths, values())
        .as(Damage::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  /** Mostly where the tables are. */
  private static Arbitrary<Long> places() {
    List<Arbitrary<Long>> places = new ArrayList<>();
    long dynamic = intact.getLong(intact.segment(Segment.DYNAMIC, 0) + 8);
    long sections = intact.getLong(ForgedElf.SECTIONS_AT);
    places.add(between(0, 64));
    places.add(between(64, 56L * intact.getShort(ForgedElf.PROGRAM_HEADER_COUNT_AT)));
    places.add(between(dynamic, 26 * 16));
    places.add(between(intact.table(DynamicSection.GNU_HASH), 48));
    places.add(between(intact.table(DynamicSection.VERSION_NEEDS), 64));
    places.add(between(intact.table(DynamicSection.SYMBOLS), 24 * 34));
    places.add(between(sections, 64L * intact.getShort(ForgedElf.SECTION_COUNT_AT)));
    places.add(between(0, intact.size()));
    return Arbitraries.oneOf(places);
  }

  private static Arbitrary<Long> between(long start, long size) {
    return Arbitraries.longs().between(start, start + size - 1).withoutEdgeCases();
  }

  private static Arbitrary<Long> values() {
    long size = intact.size();
    return Arbitraries.oneOf(
        Arbitraries.of(
            0L, 1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 0x7fffffffL, 0x80000000L, 0xffffffffL),
        Arbitraries.of(size, size - 1, -size, 24L, 56L, 64L, 0x1000L, 1L << 28, 1L << 47),
        Arbitraries.longs().between(0, size),
        Arbitraries.longs().between(0, 40));
  }

  /** Returns whether there is a copy. */
  private static boolean relocateOrRefuse(Path file) {
    Path copy = folder.resolve("copy.so");
    return assertTimeoutPreemptively(
        DEADLINE,
        () -> {
          Files.deleteIfExists(copy);
          ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
          long before = threads.getCurrentThreadAllocatedBytes();
          boolean written = true;
          try {
            Relocator.relocate(file, copy, CHANGE);
          } catch (ElfException e) {
            assertThat(e).hasMessageStartingWith(file + ": ").hasMessageContaining("; expected ");
            written = false;
          }
          assertThat(threads.getCurrentThreadAllocatedBytes() - before)
              .isLessThan(MOST_ALLOCATED_BYTES);
          assertThat(Files.exists(copy)).isEqualTo(written);
          if (written) {
            ElfFile read = ElfFile.read(copy);
            assertThat(read.soname()).isEqualTo("a.so");
            assertThat(read.needed()).startsWith("b.so").doesNotContain("libc.so.6");
          }
          return written;
        });
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Isolation;
import dev.ophion.bridge.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In a JVM of its own, whose memory nobody else uses. */
@Tag("subinterpreter") // it makes both kinds itself
@Timeout(300)
final class FlatMemoryTest {

  /** The compiler's and malloc's arenas: 32 of 100,000 megabytes. */
  private static final long MAX_RESIDENT_KIBIBYTES = 32 << 10;

  /** A heap that is resident from the start: garbage would touch it bit by bit. */
  private static final String FIXED_HEAP =
      "JAVA_TOOL_OPTIONS=-Xms64m -Xmx64m -XX:+AlwaysPreTouch -XX:+UseSerialGC";

  /** The JIT compiler allocates and frees megabytes while others are measured. */
  private static final String INTERPRETED = FIXED_HEAP + " -Xint";

  private static final String ONE_ARENA = "MALLOC_ARENA_MAX=1";

  /** A hundred forgotten arrays of 10,000. */
  private static final long MAX_VIRTUAL_KIBIBYTES = 1 << 20;

  /** Two of HotSpot's monitors, which it frees later. */
  private static final long MAX_ALLOCATED_BYTES = 512;

  /** A page of 4 KiB now and then, between blocks of malloc that are in use. */
  private static final long MAX_RESIDENT_BYTES = 8 << 10;

  @Test
  void tenThousandTransfersOfTenMegabytes_leaveNothingBehind() throws Exception {
    try (ChildJvm jvm = ChildJvm.start(List.of("env", FIXED_HEAP), TransferringJvm.class)) {
      String line = jvm.line();
      assertThat(line).isNotNull();
      String[] numbers = line.split(" ");
      System.out.printf(
          "10,000 transfers of 10 MB: %s KiB resident, %s KiB virtual, %s ms%n",
          (Object[]) numbers);
      assertThat(Long.parseLong(numbers[0])).isLessThan(MAX_RESIDENT_KIBIBYTES);
      assertThat(Long.parseLong(numbers[1])).isLessThan(MAX_VIRTUAL_KIBIBYTES);
    }
  }

  /** The median of some lots, since the JVM itself takes or gives back memory in one or two. */
  @ParameterizedTest
  @CsvSource({"SUBINTERPRETER, false", "IMAGE, false", "IMAGE, true"})
  void interpreters_thatHaveEnded_leaveNothingBehind(Isolation isolation, boolean environment)
      throws Exception {
    List<String> settings = List.of("env", INTERPRETED, ONE_ARENA);
    List<Long> allocated = new ArrayList<>();
    List<Long> resident = new ArrayList<>();
    String obey = Boolean.toString(environment);
    try (ChildJvm jvm = ChildJvm.start(settings, EndingJvm.class, isolation.name(), obey)) {
      for (String line = jvm.line(); line != null; line = jvm.line()) {
        String[] numbers = line.split(" ", -1);
        allocated.add(Long.parseLong(numbers[0]));
        resident.add(Long.parseLong(numbers[1]));
      }
    }
    System.out.printf(
        "An ended %s leaves %s bytes of malloc and %s resident%n", isolation, allocated, resident);
    assertThat(allocated).hasSize(EndingJvm.LOTS);
    assertThat(median(allocated)).isLessThan(MAX_ALLOCATED_BYTES);
    assertThat(median(resident)).isLessThan(MAX_RESIDENT_BYTES);
  }

  private static long median(List<Long> numbers) {
    return numbers.stream().sorted().skip(numbers.size() / 2).findFirst().orElseThrow();
  }
}

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

  /** Of 1,000 transfers: half a kibibyte of each. */
  private static final long MAX_RESIDENT_KIBIBYTES = 512;

  /** A heap that is resident from the start: garbage would touch it bit by bit. */
  private static final String FIXED_HEAP =
      "JAVA_TOOL_OPTIONS=-Xms64m -Xmx64m -XX:+AlwaysPreTouch -XX:+UseSerialGC";

  /** The JIT compiler allocates and frees megabytes while others are measured. */
  private static final String INTERPRETED = FIXED_HEAP + " -Xint";

  private static final String ONE_ARENA = "MALLOC_ARENA_MAX=1";

  /** Less than one forgotten array in 1,000 transfers. */
  private static final long MAX_VIRTUAL_KIBIBYTES = 8 << 10;

  /** Two of HotSpot's monitors, which it frees later. */
  private static final long MAX_ALLOCATED_BYTES = 512;

  /** A page of 4 KiB now and then, between blocks of malloc that are in use. */
  private static final long MAX_RESIDENT_BYTES = 8 << 10;

  /** The median of some lots, since the JIT compiler takes megabytes in one or two. */
  @Test
  void tenThousandTransfersOfTenMegabytes_leaveNothingBehind() throws Exception {
    List<Long> resident = new ArrayList<>();
    List<Long> virtual = new ArrayList<>();
    run(resident, virtual, List.of("env", FIXED_HEAP, ONE_ARENA), TransferringJvm.class);
    System.out.printf(
        "%,d transfers of 10 MB: %s KiB resident, %s KiB virtual%n",
        TransferringJvm.ROUNDS, resident, virtual);
    assertThat(resident).hasSize(TransferringJvm.LOTS);
    assertThat(median(resident)).isLessThan(MAX_RESIDENT_KIBIBYTES);
    assertThat(median(virtual)).isLessThan(MAX_VIRTUAL_KIBIBYTES);
  }

  /** The median of some lots, since the JVM itself takes or gives back memory in one or two. */
  @ParameterizedTest
  @CsvSource({"SUBINTERPRETER, false", "IMAGE, false", "IMAGE, true"})
  void interpreters_thatHaveEnded_leaveNothingBehind(Isolation isolation, boolean environment)
      throws Exception {
    List<Long> allocated = new ArrayList<>();
    List<Long> resident = new ArrayList<>();
    run(
        allocated,
        resident,
        List.of("env", INTERPRETED, ONE_ARENA),
        EndingJvm.class,
        isolation.name(),
        Boolean.toString(environment));
    System.out.printf(
        "An ended %s leaves %s bytes of malloc and %s resident%n", isolation, allocated, resident);
    assertThat(allocated).hasSize(EndingJvm.LOTS);
    assertThat(median(allocated)).isLessThan(MAX_ALLOCATED_BYTES);
    assertThat(median(resident)).isLessThan(MAX_RESIDENT_BYTES);
  }

  /** Reads two numbers from each line that a JVM prints. */
  private static void run(
      List<Long> first,
      List<Long> second,
      List<String> settings,
      Class<?> main,
      String... arguments)
      throws Exception {
    try (ChildJvm jvm = ChildJvm.start(settings, main, arguments)) {
      for (String line = jvm.line(); line != null; line = jvm.line()) {
        String[] numbers = line.split(" ", -1);
        first.add(Long.parseLong(numbers[0]));
        second.add(Long.parseLong(numbers[1]));
      }
    }
  }

  private static long median(List<Long> numbers) {
    return numbers.stream().sorted().skip(numbers.size() / 2).findFirst().orElseThrow();
  }
}

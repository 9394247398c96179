package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In a JVM of its own, whose memory nobody else uses. */
@Tag("subinterpreter") // it makes both kinds itself
@Timeout(300)
final class FlatMemoryTest {

  /** The compiler's and malloc's arenas: 32 of 100,000 megabytes. */
  private static final long MAX_RESIDENT_KIBIBYTES = 32 << 10;

  /** A heap that is resident from the start: garbage would touch it bit by bit. */
  private static final String FIXED_HEAP =
      "JAVA_TOOL_OPTIONS=-Xms64m -Xmx64m -XX:+AlwaysPreTouch -XX:+UseSerialGC";

  /** A hundred forgotten arrays of 10,000. */
  private static final long MAX_VIRTUAL_KIBIBYTES = 1 << 20;

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
}

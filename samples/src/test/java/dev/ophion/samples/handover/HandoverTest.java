package dev.ophion.samples.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HandoverTest {

  @Test
  void run_always_printsWhatBothInterpretersWrote() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    Handover.run(new PrintStream(printed, true, StandardCharsets.UTF_8));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("36 and 49", "6 is back");
  }
}

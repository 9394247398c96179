package dev.ophion.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class QuickstartTest {

  @Test
  void run_always_printsWhatJavaAndTheOtherInterpreterSee() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    Quickstart.run(new PrintStream(printed, true, StandardCharsets.UTF_8));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("{n=1000000, mean=49.5}", "0.25 of 1.5");
  }
}

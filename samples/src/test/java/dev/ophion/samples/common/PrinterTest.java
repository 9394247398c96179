package dev.ophion.samples.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrinterTest {

  @Test
  void bar_ofAShare_isDrawnToAnEighthOfACell() {
    assertThat(Printer.bar(1)).isEqualTo("█".repeat(40));
    assertThat(Printer.bar(0.5 / 40)).isEqualTo("▌");
    assertThat(Printer.bar(1.125 / 40)).isEqualTo("█▏");
    assertThat(Printer.bar(-1)).isEmpty();
  }
}

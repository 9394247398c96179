package dev.ophion.samples.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class TwoImagesTest {

  @Test
  void run_always_printsWhatBothImagesAndJavaSee() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    TwoImages.run(new PrintStream(printed, true, StandardCharsets.UTF_8));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("0.2727 and 0.9165, on two cores at once", "0.8268 is what Java reads");
  }
}

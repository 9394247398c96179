package dev.ophion.bridge.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.distribution.Distribution;
import dev.ophion.bridge.distribution.DistributionCache;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The distribution, and processes that run it. */
final class Pythons {

  private Pythons() {}

  static Distribution distribution() {
    return DistributionCache.obtain(DistributionCache.defaultDirectory());
  }

  /** Runs a program to its end and returns what it printed. */
  static String run(Path program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output.strip();
  }
}

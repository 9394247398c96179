package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.JvmRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interpreters come and go on several threads at once, and memory stays where it is. */
final class ChurnTest {

  /**
   * An interpreter that stays takes megabytes, and CPython keeps some KiB of each; the rest of the
   * bound is the JVM's and malloc's own noise, which four threads make.
   */
  private static final long MOST_GROWTH_KIB_A_CYCLE = 400;

  @Test
  @Timeout(400)
  void createUseClose_fromFourThreads_keepsMemoryFlat() throws Exception {
    // A heap that is resident from the start, and no compiler, which takes megabytes of its own.
    JvmRun.Outcome outcome =
        new JvmRun()
            .with("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-Xint")
            .run(ChurnJvm.class);
    String growth = outcome.output().strip().lines().reduce("", (first, last) -> last);
    System.out.printf("%d cycles grew resident memory by %s KiB%n", ChurnJvm.CYCLES, growth);
    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(Long.parseLong(growth)).isLessThan(ChurnJvm.CYCLES * MOST_GROWTH_KIB_A_CYCLE);
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.JvmRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ophion in several class loaders of one JVM, as servlet containers have applications. */
@Tag("subinterpreter") // both kinds of isolation, whatever the default is
final class RedeployTest {

  @ParameterizedTest
  @ValueSource(strings = {"one after the other", "side by side", "before the last is collected"})
  void classLoaders_eachWithARuntime_workAndAreCollected(String how) throws Exception {
    JvmRun.Outcome outcome =
        new JvmRun()
            .with("-Xcheck:jni", "-Xmx256m", "--enable-native-access=ALL-UNNAMED")
            .run(RedeployingJvm.class, how);
    assertThat(outcome.output()).contains(RedeployingJvm.DONE).doesNotContain("WARNING");
    assertThat(outcome.status()).isZero();
  }
}

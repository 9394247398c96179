package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.JvmRun;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** The runtime in JVMs that deny what later releases of Java will deny by themselves. */
@Tag("subinterpreter") // both kinds of isolation, whatever the default is
final class StrictJvmTest {

  @TempDir Path folder;

  @Test
  void runtime_neverLoadsTheUnsafeClass() throws Exception {
    Path loaded = folder.resolve("classes.log");
    JvmRun.Outcome outcome =
        new JvmRun().with("-Xlog:class+load:file=" + loaded).run(StrictJvm.class);
    assertThat(outcome.output()).contains(StrictJvm.DONE);
    assertThat(Files.readAllLines(loaded))
        .anyMatch(line -> line.contains(" dev.ophion.natives.Host "))
        .noneMatch(line -> line.contains(" sun.misc.Unsafe "));
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "these flags came with Java 24")
  void runtime_whereJavaDeniesUnsafeAndNativeAccess_worksWithoutWarning() throws Exception {
    JvmRun.Outcome outcome =
        new JvmRun()
            .with("--sun-misc-unsafe-memory-access=deny", "--illegal-native-access=deny")
            .with("--enable-native-access=ALL-UNNAMED")
            .run(StrictJvm.class);
    assertThat(outcome.output()).contains(StrictJvm.DONE).doesNotContain("WARNING");
    assertThat(outcome.status()).isZero();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "this flag came with Java 24")
  void start_whereNativeAccessIsDenied_namesTheFlag() throws Exception {
    JvmRun.Outcome outcome =
        new JvmRun().with("--illegal-native-access=deny").run(StartingJvm.class);
    assertThat(outcome.output())
        .contains(StartingJvm.REFUSED)
        .contains("--enable-native-access=ALL-UNNAMED")
        .contains("Enable-Native-Access");
  }
}

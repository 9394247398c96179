package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ends a process of Python's own is refused in the JVM's. */
@Timeout(120)
final class DeadlyCallsTest {

  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true"})
  void callsThatEndTheirProcess_areRefused(boolean nested, boolean reducedSignals)
      throws Exception {
    List<String> lines = new ArrayList<>();
    try (ChildJvm jvm =
        ChildJvm.start(prefix(reducedSignals), DeadlyJvm.class, Boolean.toString(nested))) {
      for (String line = jvm.line(); line != null; line = jvm.line()) {
        lines.add(line);
      }
    }
    assertThat(lines).hasSize(DeadlyJvm.CALLS.size() + 2).endsWith(DeadlyJvm.END);
    assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.contains("refused"));
  }

  /**
   * A session of its own, so that signals to its process group reach nobody else, and no signal
   * ignored that {@code nohup} or a shell's background ignores: it would end no JVM then.
   */
  private static List<String> prefix(boolean reducedSignals) {
    StringBuilder options = new StringBuilder("JAVA_TOOL_OPTIONS=-XX:-CreateCoredumpOnCrash");
    for (String name : List.of("dev.ophion.cache", "dev.ophion.isolation")) {
      String value = System.getProperty(name);
      if (value != null) {
        options.append(" -D").append(name).append('=').append(value);
      }
    }
    if (reducedSignals) {
      options.append(" -Xrs -Ddeadly.reduced=true");
    }
    return List.of("setsid", "env", "--default-signal", options.toString());
  }
}

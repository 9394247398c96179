package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.JvmRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start with filled caches leaves undone: each of these takes milliseconds. */
@Tag("subinterpreter") // the default decides nothing here
final class WarmStartTest {

  @TempDir Path folder;

  @Test
  void warmStart_loadsNothingThatTakesLongAtFirstUse() throws Exception {
    loadedUntilFirstResult();
    List<String> loaded = loadedUntilFirstResult();
    assertThat(loaded)
        .contains("dev.ophion.bridge.runtime.HostedPython")
        .doesNotContain("org.slf4j.LoggerFactory")
        .doesNotContain("java.util.regex.Matcher")
        .doesNotContain("java.security.MessageDigest")
        // What libraries depend on was written down by the start before.
        .doesNotContain("dev.ophion.bridge.relocation.ElfFile")
        .doesNotContain("java.lang.invoke.StringConcatFactory")
        .noneMatch(name -> name.startsWith("dev.ophion.") && name.contains("$$Lambda"));
  }

  private List<String> loadedUntilFirstResult() throws Exception {
    Path log = folder.resolve("classes.log");
    JvmRun.Outcome outcome =
        new JvmRun().with("-Xlog:class+load:file=" + log + ":none").run(WarmJvm.class);
    assertThat(outcome.output()).contains(WarmJvm.Done.TEXT + ": 42");
    List<String> names =
        Files.readAllLines(log).stream().map(line -> line.split(" ", 2)[0]).toList();
    int begin = names.indexOf(WarmJvm.class.getName());
    int end = names.indexOf(WarmJvm.Done.class.getName());
    assertThat(begin).isNotNegative().isLessThan(end);
    return names.subList(begin, end);
  }
}

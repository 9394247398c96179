package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Python;
import dev.ophion.bridge.JvmRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts and file names come through, whatever the JVM takes for the encoding of files' contents.
 */
@Tag("subinterpreter") // both kinds of isolation, whatever the default is
@Timeout(180)
final class EncodingTest {

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"ISO-8859-1", "US-ASCII", "UTF-8", "UTF-16"})
  void umlautInTheCachesPath_withAnyFileEncoding_works(String encoding) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("gr\u00fc\u00dfe"));
    Path cache = Files.createDirectory(folder.resolve("c\u00e4che"));
    linkDistribution(cache);
    JvmRun.Outcome outcome =
        new JvmRun()
            .with("-Xcheck:jni", "-Dfile.encoding=" + encoding, "-Ddev.ophion.cache=" + cache)
            .withVariable("LC_ALL", "C.UTF-8")
            .run(EncodingJvm.class, folder.toString());
    assertThat(outcome.output().replace("\0", "")).contains(EncodingJvm.DONE);
    assertThat(outcome.output()).doesNotContain("WARNING in native method");
    assertThat(outcome.status()).isZero();
  }

  /** What is unpacked already, so that this takes no time. */
  private static void linkDistribution(Path cache) throws IOException {
    Path home = Python.start().executable().getParent().getParent();
    Files.createSymbolicLink(cache.resolve(home.getFileName()), home.toRealPath());
  }
}

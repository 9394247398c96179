package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ophion.bridge.JvmRun;
import dev.ophion.bridge.distribution.Distribution;
import dev.ophion.bridge.distribution.DistributionCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache that cannot be written or is damaged: start says what to do. */
@Tag("subinterpreter") // both kinds of isolation, whatever the default is
final class CacheTroubleTest {

  @TempDir Path folder;

  /** A command that runs another one behind a mount of its own; root alone may, not everywhere. */
  private static String[] behindMount(String mount) throws Exception {
    int status = new ProcessBuilder("unshare", "-m", "sh", "-c", mount).start().waitFor();
    assumeTrue(status == 0, "mounting takes root");
    return new String[] {"unshare", "-m", "sh", "-c", mount + " && exec \"$@\"", "sh"};
  }

  @Test
  void start_noRoomForTheStandardLibrary_saysHowMuchItTakes() throws Exception {
    // Enough to unpack, not enough to compile.
    String mount =
        "mount -t tmpfs -o size=104m none '" + folder + "' && chmod 700 '" + folder + "'";
    JvmRun.Outcome outcome =
        new JvmRun()
            .after(behindMount(mount))
            .with("-Ddev.ophion.cache=" + folder)
            .run(StartingJvm.class);
    assertThat(outcome.output())
        .contains(StartingJvm.REFUSED + "Cannot unpack CPython")
        .contains("It takes about", "are free", "make room", "dev.ophion.cache");
  }

  @Test
  void start_copiesFolderIsReadOnly_saysWhoHasToWriteThere() throws Exception {
    String mount =
        "mount --bind '%1$s' '%1$s' && mount -o remount,bind,ro '%1$s'".formatted(folder);
    JvmRun.Outcome outcome =
        new JvmRun()
            .after(behindMount(mount))
            .with("-Ddev.ophion.cache.copies=" + folder)
            .run(StartingJvm.class);
    assertThat(outcome.output())
        .contains(StartingJvm.REFUSED)
        .contains("has to be allowed to write to " + folder, "copiesDirectory")
        .doesNotContain("are free");
  }

  @ParameterizedTest
  @ValueSource(strings = {"encodings/__pycache__/__init__", "_ophion_support/__pycache__/start"})
  void start_damagedBytecode_namesTheFolderToDelete(String module) throws Exception {
    Path cache = DistributionCache.defaultDirectory();
    Distribution distribution = DistributionCache.obtain(cache);
    int status =
        new ProcessBuilder("cp", "-a", distribution.home().toString(), folder.toString())
            .start()
            .waitFor();
    assertThat(status).isZero();
    Path home = folder.resolve(distribution.home().getFileName());
    Path damaged = home.resolve("lib/python3.14").resolve(module + ".cpython-314.pyc");
    byte[] whole = Files.readAllBytes(damaged);
    Files.write(damaged, Arrays.copyOf(whole, 200));
    JvmRun.Outcome outcome =
        new JvmRun().with("-Ddev.ophion.cache=" + folder).run(StartingJvm.class);
    assertThat(outcome.output())
        .contains(StartingJvm.REFUSED)
        .contains("damaged, delete that folder", home.toString());
  }
}

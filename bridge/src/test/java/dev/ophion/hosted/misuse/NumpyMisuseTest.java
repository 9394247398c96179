package dev.ophion.hosted.misuse;

import dev.ophion.Isolation;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.hosted.packages.PackageRuntime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** As {@link MisuseTest}, in images with NumPy, whose arrays resize and hold objects. */
@Tag("packages")
@Timeout(600)
@ExtendWith(NoLeftovers.class)
final class NumpyMisuseTest {

  private static final long SECONDS = Long.getLong("dev.ophion.misuse.seconds", 30);

  @Test
  void anySequence_withArraysOfNumpy_isSafe() throws Exception {
    MisuseRun.run(new Things(PackageRuntime.start(), Isolation.IMAGE, "import numpy\n"), SECONDS);
  }
}

package dev.ophion.hosted.packages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.Payload;
import dev.ophion.SharedMemory;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * NumPy's arrays do not notice when the memoryview that they were made from is released. Whoever
 * releases what an array says it is based on must not pull the memory from under it.
 */
@Tag("packages")
@Timeout(300)
@ExtendWith(NoLeftovers.class)
final class ReleasedBaseTest {

  private static final int ITEMS = 1_000_000;

  private static final String RELEASE =
      """
      import gc, numpy
      def release_bases(array):
          base = array.base
          while base is not None:
              if hasattr(base, "release"):
                  base.release()
              base = getattr(base, "base", None) if isinstance(base, numpy.ndarray) else None
          gc.collect()
      """;

  private Interpreter python;

  @BeforeEach
  void open() {
    python = PackageRuntime.open("released", Isolation.IMAGE, RELEASE);
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void arrayOfSharedMemory_withReleasedBases_keepsItsMemory() {
    try (SharedMemory memory = SharedMemory.allocate(DType.FLOAT64, 2, ITEMS)) {
      memory.setDouble(7, 1, ITEMS - 1);
      python.set("x", memory);
      python.set("y", memory.transpose().slice(0, ITEMS, 0, -2));
    }
    python.exec("release_bases(x); release_bases(y)");
    assertThat(python.eval("float(x[1, -1])")).isEqualTo(7.0);
    assertThat(python.eval("y.shape == (500_000, 2) and float(y[0, 1]) == 7.0")).isEqualTo(true);
    assertThat(python.eval("float(x.sum() + y.sum())")).isEqualTo(14.0);
  }

  @Test
  void arrayOfAPayload_withReleasedBases_keepsItsMemory() {
    try (Interpreter sender = PackageRuntime.open("sender", Isolation.IMAGE, "import numpy")) {
      sender.exec(
          "v = {'plain': numpy.ones((3, %d)), 'dates': numpy.arange(%d).astype('M8[s]')}"
              .formatted(ITEMS, ITEMS));
      try (Payload payload = sender.dump("v")) {
        python.load("x", payload);
      }
      sender.exec("del v");
    }
    python.exec("for array in x.values(): release_bases(array)");
    assertThat(python.eval("float(x['plain'].sum())")).isEqualTo(3.0 * ITEMS);
    assertThat(python.eval("int(x['dates'][-1].astype('i8'))")).isEqualTo(ITEMS - 1L);
    python.exec("del x");
  }
}

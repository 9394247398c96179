package dev.ophion.bridge.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two interpreters meet at a barrier of native semaphores without giving up their GILs: they call
 * libc through {@code ctypes.PyDLL}, which keeps the GIL during a call.
 */
@ExtendWith(NoLeftovers.class)
final class ParallelismTest {

  private static final int SEMAPHORE_BYTES = 32;

  private static final String MEET =
      """
      import ctypes, time
      libc = ctypes.PyDLL(None)  # keeps the GIL
      class Timespec(ctypes.Structure):
          _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]
      def address(memory):
          return ctypes.addressof(ctypes.c_char.from_buffer(memory))
      def meet(own, other, seconds):
          until = time.time() + seconds
          limit = Timespec(int(until), int(until % 1 * 1e9))
          libc.sem_post(ctypes.c_void_p(address(own)))
          return libc.sem_timedwait(ctypes.c_void_p(address(other)), ctypes.byref(limit)) == 0
      """;

  @Test
  void ownGils_meetWithoutReleasingThem() throws Exception {
    assertThat(bothMeet(subinterpreter("left", true), subinterpreter("right", true), 20)).isTrue();
  }

  @Test
  void sharedGil_timesOut() throws Exception {
    try (Interpreter third = subinterpreter("third", false)) {
      // Else who is stopped between its post and its wait gives the GIL up there, and both meet.
      third.exec("import sys; usual = sys.getswitchinterval(); sys.setswitchinterval(60)");
      try {
        assertThat(bothMeet(subinterpreter("left", false), subinterpreter("right", false), 1))
            .isFalse();
      } finally {
        third.exec("sys.setswitchinterval(usual)");
      }
    }
  }

  @Test
  void images_meetWithoutReleasingTheirGils() throws Exception {
    assertThat(bothMeet(image("left"), image("right"), 20)).isTrue();
  }

  @Test
  void imageAndSubinterpreter_meetWithoutReleasingTheirGils() throws Exception {
    assertThat(bothMeet(image("left"), subinterpreter("right", true), 20)).isTrue();
  }

  /** Closes the interpreters. */
  private static boolean bothMeet(Interpreter left, Interpreter right, int seconds)
      throws Exception {
    ByteBuffer first = ByteBuffer.allocateDirect(SEMAPHORE_BYTES);
    ByteBuffer second = ByteBuffer.allocateDirect(SEMAPHORE_BYTES);
    try (left;
        right) {
      left.exec(MEET);
      right.exec(MEET);
      for (ByteBuffer semaphore : new ByteBuffer[] {first, second}) {
        left.set("semaphore", semaphore);
        left.exec("libc.sem_init(ctypes.c_void_p(address(semaphore)), 0, 0)");
      }
      CompletableFuture<Boolean> leftMet =
          left.async().call("meet", Boolean.class, first, second, seconds);
      CompletableFuture<Boolean> rightMet =
          right.async().call("meet", Boolean.class, second, first, seconds);
      boolean met = leftMet.get(60, TimeUnit.SECONDS);
      return rightMet.get(60, TimeUnit.SECONDS) && met;
    }
  }

  private static Interpreter subinterpreter(String name, boolean ownGil) {
    return TestInterpreters.open(
        InterpreterOptions.builder().name(name).build(), Duration.ofSeconds(10), ownGil);
  }

  private static Interpreter image(String name) {
    return Python.start()
        .newInterpreter(InterpreterOptions.builder().name(name).isolation(Isolation.IMAGE).build());
  }
}

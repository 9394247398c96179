package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.PythonObject;
import dev.ophion.bridge.Memory;
import dev.ophion.bridge.OutputGate;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replies that are not read to their end: what they refer to is given back, or the interpreter
 * could not end. Every test closes with a deadline.
 */
@ExtendWith(NoLeftovers.class)
@Timeout(180)
final class UnreadRepliesTest {

  /** Two of them differ in Python and are equal in Java. */
  private static final String REFUSED = "{float('nan'), float('nan')}";

  private static final String PINNED = "memoryview(bytearray(b'xyz'))";

  /** Of a reply of 2 GiB, and what else there is. */
  private static final long NEEDED_KIB = 4L << 20;

  private final OutputGate gate = new OutputGate();
  private Interpreter python;

  @BeforeEach
  void open() {
    python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder().name("unread").stdout(gate.output()).build());
    python.exec(
        """
        import gc
        class Thing:
            alive = 0
            def __init__(self): Thing.alive += 1
            def __del__(self): Thing.alive -= 1
        """);
  }

  private void assertNothingIsHeld() {
    assertThat(python.eval("Thing.alive")).isEqualTo(0L);
    python.close(Duration.ofSeconds(60));
  }

  @Test
  void refusedValue_withHandlesAndBuffersAroundIt_givesAllBack() throws Exception {
    String value = "[Thing(), %s, %s, Thing(), [Thing(), %s]]".formatted(PINNED, REFUSED, PINNED);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> python.eval(value)).isInstanceOf(NotTransferableException.class);
      assertThatThrownBy(() -> python.async().eval(value, Object.class).get())
          .hasCauseInstanceOf(NotTransferableException.class);
      assertThatThrownBy(() -> python.attach(() -> python.eval(value)))
          .isInstanceOf(NotTransferableException.class);
    }
    assertNothingIsHeld();
  }

  @Test
  void refusedValue_ofACallThatHadToWait_givesAllBack() throws Exception {
    CompletableFuture<Object> busy = python.async().eval("print('busy')", Object.class);
    gate.awaitReached();
    String value = "[Thing(), %s, %s, Thing(), %s]".formatted(PINNED, REFUSED, PINNED);
    CompletableFuture<Object> small = python.async().eval(value, Object.class);
    CompletableFuture<Object> large =
        python.async().eval("[bytes(200_000)] + " + value, Object.class);
    gate.open();
    assertThatThrownBy(small::get).hasCauseInstanceOf(NotTransferableException.class);
    assertThatThrownBy(large::get).hasCauseInstanceOf(NotTransferableException.class);
    busy.get();
    assertNothingIsHeld();
  }

  /** Fails like the JVM does when it is short of something. */
  record Failing(NdArray first, PythonObject second) {
    Failing {
      throw new OutOfMemoryError("as if there were no memory");
    }
  }

  @Test
  void error_whileAValueIsConverted_givesAllBack() throws Exception {
    python.exec("pair = {'first': %s, 'second': Thing()}; f = lambda: pair".formatted(PINNED));
    assertThatThrownBy(() -> python.call("f", Failing.class)).isInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> python.async().call("f", Failing.class).get())
        .hasCauseInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> python.attach(() -> python.call("f", Failing.class)))
        .isInstanceOf(OutOfMemoryError.class);
    python.exec("del pair");
    assertNothingIsHeld();
  }

  @Test
  void result_ofAnAsynchronousCallCancelledWhileItRuns_isGivenBack() throws Exception {
    CompletableFuture<Object> running =
        python.async().eval("[print('here'), Thing(), %s]".formatted(PINNED), Object.class);
    gate.awaitReached();
    assertThat(running.cancel(true)).isTrue();
    gate.open();
    assertNothingIsHeld();
  }

  @Test
  void reply_ofMoreThanTwoGibibytes_givesWhatItRefersToBack() throws Exception {
    long available = Memory.availableKib();
    assumeTrue(
        available > NEEDED_KIB,
        "needs %d KiB of memory, %d are available".formatted(NEEDED_KIB, available));
    // The pieces are one object: the reply alone takes the memory.
    python.exec("piece = bytes(1 << 29)");
    assertThatThrownBy(() -> python.eval("[Thing(), %s] + [piece] * 4".formatted(PINNED)))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("more than 2 GiB");
    python.exec("del piece");
    assertNothingIsHeld();
  }

  @ParameterizedTest
  @ValueSource(longs = {(1L << 31), 3L << 30, 5L << 30})
  void buffer_withElementsOfTwoGibibytesAndMore_isRefusedAndPinsNothing(long elementBytes) {
    python.exec(
        """
        import ctypes, mmap
        class Huge(ctypes.Structure):
            _fields_ = [('data', ctypes.c_char * %d)]
        memory = mmap.mmap(-1, %d)  # touched nowhere
        huge = Huge.from_buffer(memory)
        """
            .formatted(elementBytes, elementBytes));
    assertThatThrownBy(() -> python.eval("[Thing(), memoryview(huge)]"))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContainingAll(String.valueOf(elementBytes), "result[1]", "cast");
    try (NdArray bytes = python.eval("memoryview(huge).cast('B')", NdArray.class)) {
      assertThat(bytes.size()).isEqualTo(elementBytes);
    }
    python.exec("del huge\nmemory.close()");
    assertNothingIsHeld();
  }

  @Test
  void callsFromEveryDepthOfAFullStack_leaveTheInterpreterWhole() throws Exception {
    python.exec("def make(x): return [Thing(), %s, x]".formatted(PINNED));
    for (Way way : Way.values()) {
      Thread deep =
          new Thread(
              null,
              () -> {
                for (int i = 0; i < 3; i++) {
                  new Descent(python, way).go(0);
                }
              },
              "deep-" + way,
              256 << 10);
      deep.start();
      deep.join(60_000);
      assertThat(deep.isAlive()).as("the caller by %s", way).isFalse();
      Objects.requireNonNull(python.call("make", Object.class, 1));
    }
    // A handle whose reader finds no stack at all, not even to say so, lives as long as this.
    python.close(Duration.ofSeconds(60));
    assertThat(python.state()).isEqualTo(InterpreterState.CLOSED);
  }

  private enum Way {
    WAITING,
    FUTURE,
    ATTACHED
  }

  /** Calls at each of the last depths before the stack is full. */
  private record Descent(Interpreter python, Way way) {

    /** Returns how many frames there is room for below. */
    @SuppressWarnings("InfiniteRecursion") // until the stack is full
    int go(int depth) {
      int below;
      try {
        below = go(depth + 1);
      } catch (StackOverflowError full) {
        below = 0;
      }
      if (below < 150) {
        try {
          call();
        } catch (VirtualMachineError full) {
          // What it had taken is to be given back. Linking code makes it an InternalError.
        }
      }
      return below + 1;
    }

    private void call() {
      try {
        if (way == Way.FUTURE) {
          python.async().call("make", List.class, 1).isDone();
        } else if (way == Way.WAITING) {
          python.call("make", List.class, 1);
        } else {
          python.attach(() -> python.call("make", List.class, 1));
        }
      } catch (RuntimeException failure) {
        throw failure;
      } catch (Exception failure) {
        throw new IllegalStateException(failure);
      }
    }
  }
}

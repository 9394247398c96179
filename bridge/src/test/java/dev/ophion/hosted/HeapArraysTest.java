package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Arrays of the heap as arguments, of sizes on both sides of where Python reads them itself. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class HeapArraysTest {

  private static final int LENGTH = 40_000;

  private static final String SOURCE =
      """
      import array
      def seen(x):
          code = x.typecode if isinstance(x, array.array) else type(x).__name__
          return code, len(x), x[0], x[1], x[-1]
      """;

  @Test
  void eachKind_arrivesWithAllElements() {
    try (Interpreter python = Python.start().newInterpreter("kinds")) {
      python.exec(SOURCE);
      for (int n : new int[] {2, 2_000, LENGTH, 3_000_000}) {
        long last = n - 1L;
        byte[] bytes = new byte[n];
        bytes[0] = -2;
        bytes[n - 1] = 9;
        char[] chars = new char[n];
        chars[n - 1] = 'z';
        assertThat(seen(python, IntStream.range(0, n).mapToDouble(i -> i).toArray()))
            .isEqualTo(List.of("d", (long) n, 0.0, 1.0, (double) last));
        assertThat(seen(python, IntStream.range(0, n).asLongStream().toArray()))
            .isEqualTo(List.of("q", (long) n, 0L, 1L, last));
        assertThat(seen(python, IntStream.range(0, n).toArray()))
            .isEqualTo(List.of("i", (long) n, 0L, 1L, last));
        assertThat(seen(python, floats(n))).isEqualTo(List.of("f", (long) n, 0.5, 0.5, 0.5));
        assertThat(seen(python, chars))
            .isEqualTo(List.of("H", (long) n, 0L, n == 2 ? 122L : 0L, 122L));
        assertThat(seen(python, bytes))
            .isEqualTo(List.of("bytes", (long) n, 254L, n == 2 ? 9L : 0L, 9L));
        assertThat(seen(python, ByteBuffer.wrap(bytes)))
            .isEqualTo(List.of("bytearray", (long) n, 254L, n == 2 ? 9L : 0L, 9L));
      }
    }
  }

  private static float[] floats(int n) {
    float[] array = new float[n];
    Arrays.fill(array, 0.5f);
    return array;
  }

  private static Object seen(Interpreter python, Object array) {
    return List.copyOf((List<?>) python.call("seen", array));
  }

  @Test
  void partsOfHeapBuffers_arriveFromPositionToLimit() {
    try (Interpreter python = Python.start().newInterpreter("parts")) {
      python.exec(SOURCE);
      double[] numbers = IntStream.range(0, LENGTH).mapToDouble(i -> i).toArray();
      DoubleBuffer part = DoubleBuffer.wrap(numbers, 3, LENGTH - 5).slice().position(2);
      assertThat(seen(python, part)).isEqualTo(List.of("d", LENGTH - 7L, 5.0, 6.0, LENGTH - 3.0));
      assertThat(part.position()).isEqualTo(2);
      assertThat(seen(python, part.asReadOnlyBuffer()))
          .isEqualTo(List.of("d", LENGTH - 7L, 5.0, 6.0, LENGTH - 3.0));
      ByteBuffer bytes = ByteBuffer.allocate(2 * LENGTH).order(ByteOrder.BIG_ENDIAN);
      bytes.putShort(0, (short) 258).put(2 * LENGTH - 1, (byte) 7);
      ShortBuffer swapped = bytes.asShortBuffer();
      assertThat(seen(python, swapped)).isEqualTo(List.of("h", (long) LENGTH, 258L, 0L, 7L));
      assertThat(seen(python, bytes.asReadOnlyBuffer().position(1)))
          .isEqualTo(List.of("bytes", 2L * LENGTH - 1, 2L, 0L, 7L));
    }
  }

  @Test
  void theArgument_isACopyOfItsOwn() {
    try (Interpreter python = Python.start().newInterpreter("copies")) {
      double[] numbers = new double[LENGTH];
      python.set("x", List.of(numbers, numbers));
      numbers[0] = 1;
      python.exec("x[0][1] = 2; x[0].append(3.0); x[1].append(4.0)");
      assertThat(python.eval("x[0][0], x[1][0], x[0][1], x[1][1]"))
          .isEqualTo(List.of(0.0, 0.0, 2.0, 0.0));
      assertThat(numbers[1]).isZero();
    }
  }

  @Test
  void anAsyncCall_hasWhatTheArrayHeldWhenItWasMade() throws Exception {
    try (Interpreter python = Python.start().newInterpreter("async")) {
      python.exec("def first(x): return x[0]");
      CountDownLatch entered = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      CompletableFuture<Void> busy =
          CompletableFuture.runAsync(
              () -> {
                try {
                  python.attach(
                      () -> {
                        entered.countDown();
                        return go.await(60, TimeUnit.SECONDS);
                      });
                } catch (Exception failure) {
                  throw new IllegalStateException(failure);
                }
              });
      assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
      long[] numbers = new long[LENGTH];
      CompletableFuture<Long> called = python.async().call("first", Long.class, (Object) numbers);
      numbers[0] = 5;
      go.countDown();
      assertThat(called.get(60, TimeUnit.SECONDS)).isZero();
      busy.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void arraysOfCallsAndOfRefusedCalls_areNotKept() {
    try (Interpreter python = Python.start().newInterpreter("kept")) {
      python.exec("def count(*all): return len(all)");
      WeakReference<?> passed = pass(python, "count", new int[LENGTH]);
      WeakReference<?> refused = passRefused(python, new int[LENGTH]);
      WeakReference<?> raised = passRaising(python, new int[LENGTH]);
      for (WeakReference<?> reference : List.of(passed, refused, raised)) {
        for (int i = 0; i < 100 && reference.get() != null; i++) {
          System.gc();
        }
        assertThat(reference.get()).isNull();
      }
    }
  }

  private static WeakReference<?> pass(Interpreter python, String function, Object array) {
    assertThat(python.call(function, Long.class, array)).isEqualTo(1);
    return new WeakReference<>(array);
  }

  private static WeakReference<?> passRefused(Interpreter python, Object array) {
    assertThatThrownBy(() -> python.call("count", array, new Object()))
        .isInstanceOf(NotTransferableException.class);
    return new WeakReference<>(array);
  }

  private static WeakReference<?> passRaising(Interpreter python, Object array) {
    assertThatThrownBy(() -> python.call("missing", array)).hasMessageContaining("missing");
    return new WeakReference<>(array);
  }

  @Test
  void aClassOfTheUsersInPlaceOfArray_getsTheElementsWithoutTheHeapBeingHeld() {
    try (Interpreter python = Python.start().newInterpreter("replaced")) {
      python.exec(
          """
          import array, gc
          class Loud(array.array):
              def frombytes(self, data):
                  gc.collect()
                  print(end="")
                  super().frombytes(data)
          array.array = Loud
          def seen(x): return type(x).__name__, len(x), x[1]
          """);
      double[] numbers = new double[LENGTH];
      numbers[1] = 2.5;
      assertThat(python.call("seen", (Object) numbers))
          .isEqualTo(List.of("Loud", (long) LENGTH, 2.5));
    }
  }
}

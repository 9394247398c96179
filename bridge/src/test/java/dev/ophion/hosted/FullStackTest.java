package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterState;
import dev.ophion.NdArray;
import dev.ophion.Python;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls on threads whose stacks are full, at any point of the way to the carrier and back. */
final class FullStackTest {

  private static final int ROUNDS = 48;
  private static final int OVERFLOWS = 10;
  private static final int KINDS = 8;

  private final Random random = new Random(5);

  @Test
  @Timeout(300)
  void calls_onFullStacks_loseNothing() throws Exception {
    try (Python python = Python.start();
        Interpreter interpreter = python.newInterpreter("full");
        Interpreter other = python.newInterpreter("other")) {
      NdArray lent =
          Objects.requireNonNull(other.eval("memoryview(bytearray(1000))", NdArray.class));
      interpreter.exec("def f(x): return x\nmemory = memoryview(bytearray(1000))");
      for (int round = 0; round < ROUNDS; round++) {
        int kind = round % KINDS;
        Thread thread =
            new Thread(
                null,
                () -> overflow(interpreter, lent, kind),
                "full-" + round,
                300_000L + random.nextInt(200_000));
        thread.start();
        thread.join();
      }

      assertThat(interpreter.call("f", 5)).isEqualTo(5L);
      System.gc(); // finds the handles and arrays whose makers had no stack to keep them
      lent.close();
      other.close(Duration.ofSeconds(60));
      interpreter.close(Duration.ofSeconds(60));
      assertThat(interpreter.state()).isEqualTo(InterpreterState.CLOSED);
    }
  }

  private void overflow(Interpreter interpreter, NdArray lent, int kind) {
    for (int i = 0; i < OVERFLOWS; i++) {
      try {
        descend(interpreter, lent, kind, 0);
        throw new AssertionError("the stack has no end");
      } catch (StackOverflowError full) {
        // The next one comes to another end.
      }
    }
  }

  /** Calls at each depth, and goes deeper by frames of another size each time. */
  private void descend(Interpreter interpreter, NdArray lent, int kind, int frames) {
    if (frames > 0) {
      descend(interpreter, lent, kind, frames - 1);
      return;
    }
    call(interpreter, lent, kind);
    descend(interpreter, lent, kind, random.nextInt(8));
  }

  private static void call(Interpreter interpreter, NdArray lent, int kind) {
    switch (kind) {
      case 0 -> interpreter.call("f", Long.class, 3);
      case 1 -> interpreter.eval("[object() for _ in range(5)]");
      case 2 -> interpreter.call("len", new double[3000]);
      case 3 -> interpreter.async().call("f", Long.class, 3).join();
      case 4 -> interpreter.get("memory", NdArray.class).close();
      case 5 -> interpreter.dump("memory").close();
      case 6 -> interpreter.async().call("len", Long.class, lent).join();
      default -> interpreter.async().call("len", Long.class, lent).cancel(true);
    }
  }
}

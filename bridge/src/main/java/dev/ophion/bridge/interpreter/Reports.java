package dev.ophion.bridge.interpreter;

import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.waiting.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What is said of an interpreter that does not start or end in time. Stateless. */
final class Reports {

  private Reports() {}

  /** Says what holds up the end. */
  static String late(
      Closer closer, Duration timeout, @Nullable CompletableFuture<@Nullable Object> look) {
    Stage stage = closer.progress().stage();
    StringBuilder text =
        new StringBuilder("The interpreter '").append(closer.setup().name()).append("' ");
    if (timeout.isZero()) {
      text.append("has not closed yet, and the close was given no time: ");
    } else {
      text.append("did not close within ").append(Deadline.text(timeout)).append(": ");
    }
    text.append(stage.description());
    if (stage.waitsForLeases()) {
      return text.append(lent(closer)).toString();
    }
    text.append(remedy(stage, closer));
    boolean runsUsersCode = stage.stop() != Stage.Stop.NOTHING || stage == Stage.EXIT_FUNCTIONS;
    return runsUsersCode ? text.append(stacks(look)).toString() : text.toString();
  }

  private static String lent(Closer closer) {
    return " (%s). Close the payloads and arrays, and drop the ByteBuffers, taken from it (errors.md#closing-takes-too-long).%s"
        .formatted(
            closer.describeLent(),
            LeaseTable.isTracing() ? "" : " PythonOptions.traceLeases shows where it was taken.");
  }

  private static String remedy(Stage stage, Closer closer) {
    return switch (stage.stop()) {
      case CANCEL ->
          closer.progress().isCancelled()
              ? ". What ran was interrupted by KeyboardInterrupt, and goes on if it catches that or"
                  + " waits in native code: make it end. It ends by itself then."
              : ". It ends when they do: make them end, or close it with"
                  + " close(ClosePolicy.CANCEL, timeout).";
      case ASK ->
          closer.progress().isAskingThreads()
              ? ". They were asked to end by SystemExit, and go on if they catch that or wait in"
                  + " native code: make them end."
              : ". It ends when they do: make them end. They are asked to, by SystemExit, after half"
                  + " of PythonOptions.closeTimeout (%s), or of the timeout of a close that cancels."
                      .formatted(Deadline.text(closer.setup().closeTimeout()));
      case NOTHING ->
          stage == Stage.EXIT_FUNCTIONS
              ? ". It ends when they do; nothing interrupts them: make them end."
              : ". It ends by itself.";
    };
  }

  /** What a visitor has seen, as far as it has come. */
  static String stacks(@Nullable CompletableFuture<@Nullable Object> look) {
    if (look == null) {
      return " (There was no time to look at what Python does.)";
    }
    if (!look.isDone()) {
      return " What Python does is not known: the GIL could not be had in time, since native code keeps it"
          + " or the machine is busy.";
    }
    try {
      Object stacks = look.join();
      return stacks == null ? "" : " Python does:\n" + stacks;
    } catch (CompletionException failure) {
      return " What Python does is not known: " + failure.getCause();
    }
  }
}

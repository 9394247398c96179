package dev.ophion.bridge.interpreter;

import dev.ophion.ClosePolicy;
import dev.ophion.StartException;
import dev.ophion.bridge.waiting.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One thread's wait for an interpreter to start. An interrupt does not end it, since a half-started
 * interpreter has no owner, and is set again. Stateless.
 */
final class Starting {

  /** Looking takes the GIL from whoever has it, and is not to overrun the deadline. */
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

  /** How long a start that is late waits for the end, so that the name is free again. */
  private static final Duration MOST_FOR_THE_NAME = Duration.ofSeconds(1);

  private Starting() {}

  /**
   * Waits for the start.
   *
   * @throws StartException if it failed, or its timeout has passed; the interpreter is closed then
   */
  static void await(InterpreterSetup setup, Closer closer, CompletableFuture<Void> started) {
    try {
      awaitInTime(setup, closer, started);
    } catch (StartException failure) {
      Duration timeout = setup.closeTimeout();
      closer.begin(ClosePolicy.CANCEL, timeout);
      // Its name is free afterwards, unless start code left something behind that does not end.
      Deadline deadline = Deadline.in(timeout);
      boolean unused =
          closer
              .progress()
              .await(
                  Stage::isEnd, started.isDone() ? deadline : deadline.atMost(MOST_FOR_THE_NAME));
      throw failure;
    }
  }

  private static void awaitInTime(
      InterpreterSetup setup, Closer closer, CompletableFuture<Void> started) {
    Duration timeout = setup.startTimeout();
    Deadline deadline = Deadline.in(timeout);
    Duration half = timeout.dividedBy(2);
    Deadline lookAt = deadline.earlier(half.compareTo(LONGEST_LOOK) < 0 ? half : LONGEST_LOOK);
    if (awaitUntil(setup, started, lookAt)) {
      return;
    }
    CompletableFuture<@Nullable Object> look = closer.look();
    if (awaitUntil(setup, started, deadline)) {
      return;
    }
    throw new StartException(
        ("The interpreter '%s' did not start within %s (InterpreterOptions.startTimeout): %s. It is"
                + " closed, which interrupts start code. Set a longer startTimeout, or run what"
                + " takes long by a call afterwards.%s")
            .formatted(
                setup.name(),
                Deadline.text(timeout),
                closer.hasBegun() ? "its start code runs" : "CPython is still creating it",
                Reports.stacks(look)));
  }

  private static boolean awaitUntil(
      InterpreterSetup setup, CompletableFuture<Void> started, Deadline deadline) {
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          started.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
          return true;
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause();
      throw cause instanceof StartException known
          ? known
          : new StartException(
              "The interpreter '%s' did not start: %s".formatted(setup.name(), cause), cause);
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

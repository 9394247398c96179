package dev.ophion.bridge.interpreter;

import dev.ophion.CloseTimeoutException;
import dev.ophion.bridge.waiting.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One thread's wait for one interpreter that has been closed. An interrupt does not end it, since
 * it has a deadline, and is set again. Confined to its thread.
 */
public final class Closing {

  /** What is waited for. */
  public enum Goal {
    /** The end, or that nothing but lent memory holds it up. */
    LENT_OR_ENDED,

    /** The end. */
    ENDED,

    /**
     * The end. Memory whose views are garbage is only given back when the collector finds them, so
     * it is asked to, as {@code ByteBuffer.allocateDirect} does.
     */
    ENDED_BY_COLLECTOR
  }

  /** Looking takes the GIL from whoever has it, and is not to overrun the deadline. */
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

  /** How long an interpreter without lent memory may take for its last steps at a time. */
  private static final Duration LAST_STEPS = Duration.ofMillis(20);

  /** How long lent memory is waited for before the collector is asked first. */
  private static final Duration PATIENCE = Duration.ofMillis(50);

  /** So that there are five collections in half a minute. */
  private static final int LONGER = 4;

  private final Closer closer;
  private final Goal goal;
  private final Duration timeout;
  private final Progress progress;
  private Duration step = PATIENCE;
  private Deadline nextCollection = Deadline.in(PATIENCE);

  /** What the interpreter does; {@code null} if there was no time to look. */
  private @Nullable CompletableFuture<@Nullable Object> look;

  Closing(Closer closer, Goal goal, Duration timeout) {
    this.closer = closer;
    this.goal = goal;
    this.timeout = timeout;
    progress = closer.progress();
  }

  /**
   * Waits for several interpreters, all with the same timeout.
   *
   * @param closings of the calling thread
   * @param timeout what users are told
   * @param deadline until when
   * @return what holds up those that are late
   */
  public static List<CloseTimeoutException> await(
      List<Closing> closings, Duration timeout, Deadline deadline) {
    Duration half = timeout.dividedBy(2);
    Deadline lookAt = deadline.earlier(half.compareTo(LONGEST_LOOK) < 0 ? half : LONGEST_LOOK);
    List<Closing> late = closings.stream().filter(closing -> !closing.await(lookAt)).toList();
    if (deadline.remainingNanos() > 0) {
      late.forEach(Closing::look);
    }
    return late.stream()
        .filter(closing -> !closing.await(deadline))
        .map(closing -> new CloseTimeoutException(closing.describe()))
        .toList();
  }

  private void look() {
    if (progress.stage().stop() != Stage.Stop.NOTHING || progress.stage() == Stage.EXIT_FUNCTIONS) {
      look = closer.look();
    }
  }

  private boolean await(Deadline deadline) {
    boolean isReached =
        switch (goal) {
          case LENT_OR_ENDED -> awaitEndUnlessLent(deadline);
          case ENDED -> progress.await(Stage::isEnd, deadline);
          case ENDED_BY_COLLECTOR -> awaitEndByCollector(deadline);
        };
    if (progress.stage().isEnd()) {
      closer.awaitThread();
      return true;
    }
    return isReached;
  }

  private boolean awaitEndUnlessLent(Deadline deadline) {
    while (progress.await(stage -> stage.isEnd() || stage.waitsForLeases(), deadline)) {
      if (progress.stage().isEnd() || (progress.stage().waitsForLeases() && closer.isLent())) {
        return true;
      }
      if (deadline.remainingNanos() <= 0) {
        return false;
      }
      // What was lent has just been given back, or is about to be known as lent.
      boolean unused = progress.await(Stage::isEnd, deadline.atMost(LAST_STEPS));
    }
    return false;
  }

  private boolean awaitEndByCollector(Deadline deadline) {
    while (!progress.await(Stage::isEnd, deadline.orEarlier(nextCollection))) {
      if (deadline.remainingNanos() <= 0) {
        return false;
      }
      if (progress.stage().waitsForLeases()) {
        // Elsewhere, since it may take longer than there is time.
        Completions.EXECUTOR.execute(System::gc);
      }
      step = step.multipliedBy(LONGER);
      nextCollection = Deadline.in(step);
    }
    return true;
  }

  private String describe() {
    return Reports.late(closer, timeout, look);
  }
}

package dev.ophion.bridge.interpreter;

import dev.ophion.ClosePolicy;
import dev.ophion.CloseTimeoutException;
import dev.ophion.bridge.carrier.Carrier;
import dev.ophion.bridge.engine.EngineCalls;
import dev.ophion.bridge.log.LazyLogger;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.memory.MemoryOwner;
import dev.ophion.bridge.waiting.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Closes one interpreter for whoever asks for that, on any thread. Thread-safe. */
public final class Closer {

  private static final LazyLogger LOG = LazyLogger.of(Closer.class);

  private final MemoryOwner owner;
  private final InterpreterSetup setup;
  private final Carrier carrier;
  private final Lifecycle lifecycle;
  private final Progress progress;
  private final Visitors visitors;

  Closer(
      MemoryOwner owner,
      InterpreterSetup setup,
      Carrier carrier,
      Lifecycle lifecycle,
      Visitors visitors) {
    this.owner = owner;
    this.setup = setup;
    this.carrier = carrier;
    this.lifecycle = lifecycle;
    this.visitors = visitors;
    progress = lifecycle.progress();
  }

  InterpreterSetup setup() {
    return setup;
  }

  Progress progress() {
    return progress;
  }

  /** Whether CPython has made the interpreter. */
  boolean hasBegun() {
    return carrier.address() != 0;
  }

  /** Whether others use its memory. */
  boolean isLent() {
    return LeaseTable.isLent(owner);
  }

  String describeLent() {
    return LeaseTable.describe(owner);
  }

  /** Shuts the door without waiting, by the policy of its options. Idempotent. */
  public void begin() {
    ClosePolicy policy = setup.options().closePolicy();
    if (shutDoor(policy, setup.closeTimeout()) && policy == ClosePolicy.CANCEL) {
      interruptCalls();
    }
  }

  /**
   * Shuts the door without waiting.
   *
   * @param policy what becomes of its calls; they are interrupted each time
   * @param timeout of the close; if it cancels, threads are asked to end when half of it has passed
   */
  public void begin(ClosePolicy policy, Duration timeout) {
    shutDoor(policy, timeout);
    if (policy == ClosePolicy.CANCEL) {
      interruptCalls();
    }
  }

  private boolean shutDoor(ClosePolicy policy, Duration timeout) {
    boolean cancels = policy == ClosePolicy.CANCEL;
    boolean isShorter = cancels && timeout.compareTo(setup.closeTimeout()) < 0;
    Duration patience = (isShorter ? timeout : setup.closeTimeout()).dividedBy(2);
    boolean isFirst = progress.beginClose(cancels, Deadline.nanos(patience));
    carrier.wake();
    return isFirst;
  }

  /** As soon as the GIL can be had. */
  private void interruptCalls() {
    CompletableFuture<?> unused =
        visitors
            .send(carrier.address(), EngineCalls::interrupt)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    LOG.get()
                        .warn("A call of '{}' could not be interrupted", setup.name(), failure);
                  }
                });
  }

  /**
   * Returns a wait for the end, which a close has begun.
   *
   * @param goal what is waited for
   * @param timeout what users are told
   * @return for the calling thread
   */
  public Closing closing(Closing.Goal goal, Duration timeout) {
    return new Closing(this, goal, timeout);
  }

  void close() {
    Deadline deadline = Deadline.in(setup.closeTimeout());
    begin();
    awaitEnd(Closing.Goal.LENT_OR_ENDED, setup.closeTimeout(), deadline);
  }

  void close(Duration timeout) {
    Deadline.requireValid(timeout);
    Deadline deadline = Deadline.in(timeout);
    begin();
    awaitEnd(Closing.Goal.ENDED_BY_COLLECTOR, timeout, deadline);
  }

  void close(ClosePolicy policy, Duration timeout) {
    Objects.requireNonNull(policy, "the policy is null");
    Deadline.requireValid(timeout);
    Deadline deadline = Deadline.in(timeout);
    begin(policy, timeout);
    awaitEnd(Closing.Goal.ENDED_BY_COLLECTOR, timeout, deadline);
  }

  private void awaitEnd(Closing.Goal goal, Duration timeout, Deadline deadline) {
    if (carrier.isCurrentThread()) {
      return;
    }
    List<CloseTimeoutException> late =
        Closing.await(List.of(closing(goal, timeout)), timeout, deadline);
    if (!late.isEmpty()) {
      throw late.get(0);
    }
  }

  /** Waits for the carrier to be gone, after the end: nothing can hold it up any more. */
  void awaitThread() {
    boolean isInterrupted = false;
    while (true) {
      try {
        carrier.join();
        break;
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has a visitor look at what its threads do. */
  CompletableFuture<@Nullable Object> look() {
    return visitors.<@Nullable Object>send(
        carrier.address(),
        calls -> calls.call("_ophion_support.closing:stacks", lifecycle.carrierIdent()));
  }
}

package dev.ophion.bridge.interpreter;

import dev.ophion.OphionException;
import dev.ophion.bridge.engine.EngineCalls;
import dev.ophion.bridge.waiting.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Short visits to an interpreter by threads other than its carrier, to look at what the carrier
 * does or to interrupt it. A visitor waits for the GIL without a deadline, in a daemon thread of
 * its own; whoever sends it does not. The interpreter does not end while one is inside.
 * Thread-safe.
 */
final class Visitors {

  /** Guarded by this. */
  private int inside;

  /** Guarded by this. */
  private boolean doorShut;

  /** Shuts the door if nobody is inside. */
  synchronized boolean shutDoor() {
    doorShut |= inside == 0;
    return doorShut;
  }

  synchronized void openDoor() {
    doorShut = false;
  }

  private synchronized boolean enter() {
    if (doorShut) {
      return false;
    }
    inside++;
    return true;
  }

  private synchronized void leave() {
    inside--;
  }

  /**
   * Sends a visitor and waits for what it brings. An interrupt does not end the wait and is set
   * again.
   *
   * @return its result, or {@code null} if the interpreter has ended or keeps the GIL for so long
   */
  @Nullable Object visit(long address, Deadline deadline, String function, Object... arguments) {
    CompletableFuture<@Nullable Object> result =
        this.<@Nullable Object>send(address, calls -> calls.call(function, arguments));
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return result.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } catch (TimeoutException late) {
      return null;
    } catch (ExecutionException failure) {
      throw new OphionException(
          "An interpreter could not be looked into: " + failure.getCause(), failure);
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Sends a visitor; its result is {@code null} if the interpreter has ended or not begun. */
  <T extends @Nullable Object> CompletableFuture<@Nullable T> send(
      long address, Function<EngineCalls, T> visit) {
    if (address == 0 || !enter()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<@Nullable T> result = new CompletableFuture<>();
    Thread visitor =
        new Thread(
            () -> {
              try {
                result.complete(visit.apply(EngineCalls.fromOutside(address)));
              } catch (Throwable failure) {
                result.completeExceptionally(failure);
              } finally {
                leave();
              }
            },
            "ophion-visitor");
    visitor.setDaemon(true);
    try {
      visitor.start();
    } catch (Throwable failure) {
      leave();
      throw failure;
    }
    return result;
  }
}

package dev.ophion.bridge.interpreter;

import dev.ophion.OphionException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
   * Sends a visitor and waits for what it brings.
   *
   * @return its result, or {@code null} if the interpreter has ended or keeps the GIL for so long
   */
  @Nullable Object visit(long address, Deadline deadline, String function, Object... arguments) {
    try {
      return send(address, function, arguments)
          .get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      return null;
    } catch (ExecutionException failure) {
      throw new OphionException(
          "An interpreter could not be looked into: " + failure.getCause(), failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** Sends a visitor; its result is {@code null} if the interpreter has ended or not begun. */
  CompletableFuture<@Nullable Object> send(long address, String function, Object... arguments) {
    if (address == 0 || !enter()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
    Thread visitor =
        new Thread(
            () -> {
              try {
                result.complete(EngineCalls.fromOutside(address).call(function, arguments));
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

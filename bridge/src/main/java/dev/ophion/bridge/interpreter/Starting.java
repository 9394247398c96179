package dev.ophion.bridge.interpreter;

import dev.ophion.StartException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for a carrier to begin. Stateless. */
final class Starting {

  private Starting() {}

  /** Waits to the end also if interrupted: a half-started interpreter has no owner. */
  static void await(String name, CompletableFuture<Void> started) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          started.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause();
      throw cause instanceof StartException known
          ? known
          : new StartException(
              "The interpreter '%s' did not start: %s".formatted(name, cause), cause);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

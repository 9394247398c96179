package dev.ophion.bridge.interpreter;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/** Where results are converted and futures complete: never on a carrier. Thread-safe. */
final class Completions {

  /** The common pool may be configured to have no threads, and then runs nothing. */
  static final Executor EXECUTOR =
      ForkJoinPool.getCommonPoolParallelism() > 0
          ? ForkJoinPool.commonPool()
          : task -> {
            Thread thread = new Thread(task, "ophion-completion");
            thread.setDaemon(true);
            thread.start();
          };

  private Completions() {}
}

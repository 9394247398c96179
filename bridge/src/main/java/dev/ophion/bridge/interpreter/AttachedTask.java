package dev.ophion.bridge.interpreter;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Java code that runs on a carrier while it holds the GIL. */
final class AttachedTask<T> extends Call {

  private final Callable<T> task;
  private @Nullable T result;

  AttachedTask(Callable<T> task) {
    this.task = task;
  }

  @Override
  void perform(Carrier carrier) throws Exception {
    result = task.call();
  }

  /** After the end: the task's result, or what it threw. */
  @Nullable T result() throws Exception {
    if (failure() instanceof Exception thrown) {
      throw thrown;
    }
    throwFailure();
    return result;
  }
}

package dev.ophion.bridge.carrier;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Java code that runs on a carrier while it holds the GIL. */
public final class AttachedTask<T> extends Work {

  private final Callable<T> task;
  private @Nullable T result;

  public AttachedTask(Callable<T> task) {
    this.task = task;
  }

  @Override
  protected void perform(Carrier carrier) throws Exception {
    result = task.call();
  }

  /** After the end: the task's result, or what it threw. */
  public @Nullable T result() throws Exception {
    if (failure() instanceof Exception thrown) {
      throw thrown;
    }
    throwFailure();
    return result;
  }
}

package dev.ophion.bridge.carrier;

import dev.ophion.OphionException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** One piece of work for a carrier, which goes through its queue unless there is a shorter way. */
public abstract class Work extends Handover {

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(Work.class, "word", int.class);
    } catch (ReflectiveOperationException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  /** Through WORD once it is handed over, which the queue orders behind this. */
  @SuppressWarnings("UnusedVariable")
  private int word = POSTED;

  /** Written by the carrier before it finishes, read by the caller after it. */
  private @Nullable Throwable failure;

  @Override
  protected final int word() {
    return (int) WORD.getAcquire(this);
  }

  @Override
  protected final boolean change(int from, int to) {
    return WORD.compareAndSet(this, from, to);
  }

  @Override
  protected final int clear() {
    return (int) WORD.getAndSet(this, NOTHING);
  }

  /** For subclasses. */
  protected Work() {}

  /**
   * Puts it where the carrier finds it, which is to be woken then. The caller holds places for it,
   * and gives them back if this fails.
   */
  public void put(Carrier carrier) {
    carrier.add(this);
  }

  /** Does the work, on the carrier, attached. */
  protected abstract void perform(Carrier carrier) throws Throwable;

  /** On the carrier, when it has finished; for calls that nobody waits for. */
  protected void finished() {}

  /** On the carrier, attached or not: it has finished and nobody takes what came of it. */
  protected void discarded(Carrier carrier) {}

  /** Does the work and keeps what it throws. On the carrier, attached. */
  final void run(Carrier carrier) {
    try {
      perform(carrier);
    } catch (Throwable thrown) {
      failure = thrown;
    }
  }

  /** Runs it inside another one: no other thread knows of it, so that its word needs no order. */
  final void runNested(Carrier carrier) {
    run(carrier);
    word = NOTHING;
  }

  /** Throws what {@link #perform} threw. When it has finished. */
  protected final void throwFailure() {
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw new OphionException("A call failed: " + thrown.getMessage(), thrown);
    }
  }

  final @Nullable Throwable failure() {
    return failure;
  }

  /** Makes it fail instead of being run, or for what went wrong on another way than the queue. */
  public final void failed(@Nullable Throwable reason) {
    failure = reason;
  }
}

package dev.ophion.bridge.carrier;

import dev.ophion.bridge.inbox.Inbox;
import dev.ophion.bridge.log.LazyLogger;
import dev.ophion.natives.Host;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The dedicated thread of one interpreter: owns its CPython thread state, takes calls from a
 * multi-producer queue, holds the GIL while it runs or spins and gives it up before it parks.
 *
 * <p>Fields without another note are confined to the thread itself.
 */
public final class Carrier implements Runnable {

  /** What the carrier does besides running calls. All methods are called on the carrier. */
  public interface Duties {

    /** Makes the interpreter; the thread is attached afterwards. Returns the host's address. */
    long begin();

    /** Prepares it for calls. If that throws, the interpreter is wound down. */
    void prepare();

    /** Work that came in by other ways than the queue. The thread is attached. */
    void doChores(Carrier carrier);

    /** Whether {@link #doChores} has something to do. Cheap. */
    boolean hasChores();

    /** Whether calls are to be cancelled instead of run. */
    @Nullable RuntimeException refusal();

    /** After a call that was let in has ended. */
    void callEnded();

    /**
     * One step towards the end once no more calls can come.
     *
     * @return when to look again in nanoseconds, 0 for at once, or -1 if the interpreter has ended
     */
    long windDown();

    /** Whether {@link #windDown} is to be called. */
    boolean isWindingDown();

    /** Whether no more calls are let in. Those that were may still be on their way. */
    boolean isClosing();

    /** Whether CPython has ended the interpreter: its address is invalid from then on. */
    boolean isOver();
  }

  /** How long to wait after a failure that may come again at once. */
  private static final long FAILURE_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A call that could not be handed over may have had no stack to wake the carrier either. */
  private static final long CLOSING_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** An onSpinWait takes some 10 to 40 ns: 1 to 3 us, at most 10 to 40 us. */
  private static final int MIN_SPINS = 64;

  private static final LazyLogger LOG = LazyLogger.of(Carrier.class);

  private static final int MAX_SPINS =
      Runtime.getRuntime().availableProcessors() > 1 ? 1000 : MIN_SPINS;

  private final Thread thread;
  private final Duties duties;
  private final ShortWay shortWay;
  private final QueueBound bound;
  private final Inbox<Work> queue = new Inbox<>();
  private final CompletableFuture<Void> started = new CompletableFuture<>();

  /** Written by the carrier, read by submitters to know whether to wake it. */
  private volatile boolean parked;

  private volatile long address;
  private boolean attached;
  private boolean inCall;
  private int spins = MIN_SPINS * 2;

  /** Whose end is to be told; stays if that fails, until it succeeds. */
  private @Nullable Work untold;

  public Carrier(
      String name, long stackSizeBytes, Duties duties, ShortWay shortWay, QueueBound bound) {
    this.duties = duties;
    this.shortWay = shortWay;
    this.bound = bound;
    thread = new Own(this, name, stackSizeBytes);
    // An interpreter that nobody closed must not keep the JVM alive.
    thread.setDaemon(true);
  }

  /** Starts the thread; the result fails with what {@link Duties#begin} or prepare threw. */
  public CompletableFuture<Void> start() {
    thread.start();
    return started;
  }

  public long address() {
    return address;
  }

  public boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  /** Waits for the thread to be gone, after the interpreter has ended. */
  public void join() throws InterruptedException {
    thread.join();
  }

  public boolean isThread(Thread candidate) {
    return candidate == thread;
  }

  /** Whether every call that the calling thread knows to be submitted has been taken out. */
  public boolean hasNothingQueued() {
    return queue.isEmpty();
  }

  /** Puts a call in the queue. The caller holds a place in the intake for it, and wakes then. */
  void add(Work work) {
    queue.put(work);
  }

  /** Makes the carrier look for chores, and at whether it is to wind down. Any thread. */
  public void wake() {
    // Orders what was put before the look at the flag; the carrier does the same the other way
    // round.
    VarHandle.fullFence();
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  /** Runs a call now, inside the one that runs. On the carrier. */
  public void runNested(Work work) {
    boolean wasAttached = enter();
    try {
      work.runNested(this);
    } finally {
      leave(wasAttached);
    }
  }

  /** Whether a call that another thread has handed over runs. On the carrier. */
  public boolean isInCall() {
    return inCall;
  }

  /** Attaches, if it is not, and returns whether it was: {@link #leave} follows. On the carrier. */
  public boolean enter() {
    boolean wasAttached = attached;
    attach();
    return wasAttached;
  }

  /** Is as before {@link #enter}. On the carrier. */
  public void leave(boolean wasAttached) {
    if (!wasAttached) {
      detach();
    }
  }

  /**
   * Runs something while native code of the calling thread has given up the GIL for it. The thread
   * may be the carrier of any interpreter: another one's callbacks run on it too.
   */
  public static <T extends @Nullable Object> T whileDetachedByNative(Supplier<T> upcall) {
    return Thread.currentThread() instanceof Own own
        ? own.carrier.whileDetached(upcall)
        : upcall.get();
  }

  private <T extends @Nullable Object> T whileDetached(Supplier<T> upcall) {
    boolean wasAttached = attached;
    attached = false;
    try {
      return upcall.get();
    } finally {
      // Where something further down had no stack to do so.
      detach();
      attached = wasAttached;
    }
  }

  @Override
  public void run() {
    try {
      address = duties.begin();
      attached = true;
    } catch (Throwable failure) {
      started.completeExceptionally(failure);
      return;
    }
    try {
      duties.prepare();
      started.complete(null);
    } catch (Throwable failure) {
      started.completeExceptionally(failure);
    }
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = step();
      } catch (Throwable failure) {
        // Without its carrier the interpreter could neither end nor settle the calls that wait.
        report(failure);
        // Whatever there is to do: it may be what has failed.
        detach();
        LockSupport.parkNanos(this, FAILURE_WAIT_NANOS);
        Thread.interrupted();
      }
    }
  }

  private void report(Throwable failure) {
    try {
      LOG.get()
          .error(
              "The carrier '{}' failed and goes on; please report this", thread.getName(), failure);
    } catch (Throwable again) {
      // There may be no memory to say so.
    }
  }

  /** Does what is to be done next; {@code false} when the interpreter has ended. */
  private boolean step() {
    if (untold != null) {
      tell(untold);
    }
    // A call is seen before the chores and run after them, since its caller may count on it: what
    // was let go of before the call was handed over is gone when it runs.
    boolean isPosted = shortWay.isPosted();
    boolean isQueued = !isPosted && queue.hasItems();
    boolean hadChores = duties.hasChores();
    if (hadChores) {
      attach();
      duties.doChores(this);
    }
    if (isPosted) {
      runPosted();
    } else if (isQueued) {
      Work work = queue.poll();
      if (work != null) {
        runFromQueue(work);
      }
    } else if (hadChores) {
      // Perhaps there are more.
      Thread.onSpinWait();
    } else if (duties.isWindingDown()) {
      return windDown();
    } else {
      idle();
    }
    return true;
  }

  private boolean windDown() {
    if (!duties.isOver()) {
      attach();
    }
    long wait;
    try {
      wait = duties.windDown();
    } finally {
      // Also if something fails behind the end, which is repeated then.
      attached &= !duties.isOver();
    }
    if (wait > 0) {
      park(wait);
    }
    return wait >= 0;
  }

  private void runPosted() {
    try {
      bound.leave();
      RuntimeException refusal = refusal();
      if (refusal == null) {
        inCall = true;
        shortWay.carryOut(address);
      } else {
        shortWay.fail(refusal);
      }
    } catch (Throwable failure) {
      shortWay.fail(failure);
    } finally {
      inCall = false;
      try {
        shortWay.answer(this);
      } finally {
        duties.callEnded();
      }
    }
  }

  private void runFromQueue(Work work) {
    try {
      if (!work.begin()) {
        return;
      }
      bound.leave();
      RuntimeException refusal = refusal();
      if (refusal != null) {
        work.failed(refusal);
      } else {
        inCall = true;
        work.run(this);
      }
      if (work.finish()) {
        tell(work);
      } else {
        work.discarded(this);
      }
    } finally {
      inCall = false;
      duties.callEnded();
    }
  }

  /** Attaches, unless calls are cancelled. */
  private @Nullable RuntimeException refusal() {
    RuntimeException refusal = duties.refusal();
    if (refusal != null) {
      return refusal;
    }
    attach();
    // Again with the GIL, which a visitor needs to interrupt calls: it comes either before, and
    // this sees why, or when the call has begun.
    return duties.refusal();
  }

  /** Tells whoever wants to know that a call has finished, also if it takes several attempts. */
  private void tell(Work work) {
    untold = work;
    work.finished();
    untold = null;
  }

  private void attach() {
    if (!attached) {
      Host.attach(address);
      attached = true;
    }
  }

  private void detach() {
    if (attached) {
      Host.detach(address);
      attached = false;
    }
  }

  /** Spins as long as that has paid lately, then parks. */
  private void idle() {
    for (int i = 0; i < spins; i++) {
      if (shortWay.isPosted() || queue.hasItems()) {
        // A store of what is there already would take the line from the submitters as well.
        if (spins < MAX_SPINS) {
          spins = Math.min(MAX_SPINS, spins * 2);
        }
        return;
      }
      Thread.onSpinWait();
    }
    spins = Math.max(MIN_SPINS, spins / 2);
    park(duties.isClosing() ? CLOSING_LOOK_NANOS : Long.MAX_VALUE);
  }

  private void park(long nanos) {
    detach();
    parked = true;
    VarHandle.fullFence();
    boolean isWaitingForEnd = nanos != Long.MAX_VALUE;
    if (!shortWay.isPosted()
        && !queue.hasItems()
        && !duties.hasChores()
        && (isWaitingForEnd || !duties.isWindingDown())) {
      LockSupport.parkNanos(this, nanos);
    }
    parked = false;
    // An interrupt would make every later park return at once.
    Thread.interrupted();
  }

  /** Knows whose it is. */
  private static final class Own extends Thread {

    final Carrier carrier;

    Own(Carrier carrier, String name, long stackSizeBytes) {
      super(null, carrier, name, stackSizeBytes);
      this.carrier = carrier;
    }
  }
}

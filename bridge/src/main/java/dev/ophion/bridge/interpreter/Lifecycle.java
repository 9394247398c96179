package dev.ophion.bridge.interpreter;

import dev.ophion.CallCancelledException;
import dev.ophion.ClosePolicy;
import dev.ophion.InterpreterState;
import dev.ophion.bridge.image.Image;
import dev.ophion.bridge.output.OutputStreams;
import dev.ophion.natives.Host;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the carrier does from the interpreter's beginning to its end. CPython aborts the process if
 * an interpreter ends too early, so the end is reached in steps that are taken on the carrier only,
 * each when the one before is through: calls, Python's own threads but for daemons, exit functions,
 * daemon threads, lent memory, visitors. Nothing is killed; closers wait outside, with deadlines.
 *
 * <p>Methods of {@link Carrier.Duties} are confined to the carrier; the others are thread-safe.
 */
final class Lifecycle implements Carrier.Duties {

  /** How far the end has come. */
  enum Stage {
    CALLS("calls run or wait"),
    THREADS("Python threads run"),
    EXIT_FUNCTIONS("its exit functions run"),
    DAEMONS("Python threads still run after its exit functions"),
    LEASES("its memory is lent"),
    VISITORS("its stacks are being read"),
    ENDED("it has ended");

    private final String description;

    Stage(String description) {
      this.description = description;
    }

    String description() {
      return description;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  private static final double THREAD_WAIT_SECONDS = 0.05;
  private static final long LEASE_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long VISITOR_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final InterpreterSetup setup;
  private final Image image;
  private final OutputStreams output;
  private final Intake intake = new Intake();
  private final Releases releases = new Releases();
  private final Visitors visitors;
  private final Runnable onEnd;

  /** Through when nothing but lent memory holds up the end. */
  private final CountDownLatch quiet = new CountDownLatch(1);

  private final CountDownLatch ended = new CountDownLatch(1);

  private volatile InterpreterState state = InterpreterState.STARTING;
  private volatile Stage stage = Stage.CALLS;
  private volatile long closeBegan;

  /** Set by the carrier before CPython runs the last finalizers, which may print. */
  private volatile boolean sealed;

  /** Python's name for the carrier ({@code _thread.get_ident()}); written by the carrier once. */
  private volatile long carrierIdent;

  /** Confined to the carrier. */
  private boolean askedThreads;

  /** Confined to the carrier. */
  private boolean clearedModules;

  private @Nullable EngineCalls engine;

  Lifecycle(InterpreterSetup setup, Image image, Visitors visitors, Runnable onEnd) {
    this.setup = setup;
    this.image = image;
    this.visitors = visitors;
    this.onEnd = onEnd;
    output = new OutputStreams(setup.options().stdout(), setup.options().stderr());
  }

  Intake intake() {
    return intake;
  }

  Releases releases() {
    return releases;
  }

  OutputStreams output() {
    return output;
  }

  InterpreterState state() {
    return state;
  }

  Stage stage() {
    return stage;
  }

  long carrierIdent() {
    return carrierIdent;
  }

  /** Shuts the door; {@code true} for whoever does it first. */
  boolean beginClose() {
    synchronized (this) {
      if (closeBegan == 0) {
        // Before the carrier can see the door shut: it reckons from here when to ask threads to
        // end.
        closeBegan = System.nanoTime();
      }
    }
    if (!intake.close()) {
      return false;
    }
    synchronized (this) {
      state = InterpreterState.CLOSING;
    }
    return true;
  }

  /** Whether CPython is ending the interpreter, so that not even nested calls may come. */
  boolean isSealed() {
    return sealed;
  }

  boolean awaitQuiet(Deadline deadline) throws InterruptedException {
    return quiet.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
  }

  boolean awaitEnd(Deadline deadline) throws InterruptedException {
    return ended.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public long begin() {
    try {
      long address = image.newInterpreter(setup.id(), setup.ownGil());
      engine = new EngineCalls(address);
      return address;
    } catch (RuntimeException | Error failure) {
      neverBegan();
      throw failure;
    }
  }

  /**
   * There is no interpreter and none will come. On the carrier, or where it could not be started.
   */
  void neverBegan() {
    beginClose();
    state = InterpreterState.FAILED;
    ended();
  }

  @Override
  public void prepare() {
    try {
      prepare(calls());
      become(InterpreterState.RUNNING);
    } catch (RuntimeException | Error failure) {
      // Start code may have begun threads, so this too ends in steps.
      beginClose();
      state = InterpreterState.FAILED;
      throw failure;
    }
  }

  /** Leaves {@code STARTING}, unless a close has begun already. */
  private synchronized void become(InterpreterState next) {
    if (state == InterpreterState.STARTING) {
      state = next;
    }
  }

  private void prepare(EngineCalls calls) {
    carrierIdent = calls.number("_ophion_support.closing:carrier_ident");
    // From here on a close can interrupt it.
    RuntimeException refusal = refusal();
    if (refusal != null) {
      throw refusal;
    }
    List<Path> paths = setup.options().pythonPath();
    for (int i = 0; i < paths.size(); i++) {
      calls.call("sys:path.insert", i, paths.get(i).toString());
    }
    calls.call(
        "_ophion_support.output:install", output.redirectsStdout(), output.redirectsStderr());
    setup.options().startCode().ifPresent(source -> calls.exec(source, "<start>"));
  }

  @Override
  public boolean hasChores() {
    return !releases.isEmpty();
  }

  @Override
  public void doChores() {
    releases.drainTo(calls());
  }

  @Override
  public @Nullable RuntimeException refusal() {
    if (intake.isClosed() && setup.options().closePolicy() == ClosePolicy.CANCEL) {
      return new CallCancelledException(
          "The call was cancelled because the interpreter '%s' was closed with ClosePolicy.CANCEL."
              .formatted(setup.name()));
    }
    return null;
  }

  @Override
  public void callEnded() {
    intake.leave();
  }

  @Override
  public boolean isWindingDown() {
    return intake.isDrained();
  }

  @Override
  public long windDown() {
    return windDown(calls().address());
  }

  private EngineCalls calls() {
    EngineCalls calls = engine;
    if (calls == null) {
      throw new IllegalStateException("the interpreter has not begun");
    }
    return calls;
  }

  private long windDown(long address) {
    switch (stage) {
      case CALLS, THREADS -> {
        stage = Stage.THREADS;
        return waitForThreads();
      }
      case EXIT_FUNCTIONS -> {
        runExitFunctions();
        stage = Stage.DAEMONS;
        askedThreads = false;
        return 0;
      }
      case DAEMONS -> {
        return waitForDaemons();
      }
      case LEASES -> {
        return waitForLeases();
      }
      default -> {
        return end(address);
      }
    }
  }

  private long waitForThreads() {
    if (!areThreadsLeft("_ophion_support.closing:wait_for_threads")) {
      stage = Stage.EXIT_FUNCTIONS;
    }
    return 0;
  }

  private long waitForDaemons() {
    if (areThreadsLeft("_ophion_support.closing:wait_for_daemons")) {
      return 0;
    }
    if (letGo()) {
      stage = Stage.LEASES;
      quiet.countDown();
    } else {
      stage = Stage.EXIT_FUNCTIONS;
    }
    return 0;
  }

  private boolean areThreadsLeft(String wait) {
    long half = setup.closeTimeout().toNanos() / 2;
    boolean ask = !askedThreads && System.nanoTime() - closeBegan > half;
    askedThreads |= ask;
    try {
      return Boolean.TRUE.equals(calls().call(wait, THREAD_WAIT_SECONDS, ask));
    } catch (RuntimeException failure) {
      // User code may have broken anything. The engine refuses the end while threads run.
      LOG.warn("Waiting for the threads of '{}' failed", setup.name(), failure);
      return false;
    }
  }

  private void runExitFunctions() {
    try {
      calls().call("_ophion_support.closing:shut_down");
    } catch (RuntimeException failure) {
      LOG.warn("An exit function of the interpreter '{}' raised", setup.name(), failure);
    }
  }

  /** Drops what refers to anything; {@code false} if that has registered exit functions. */
  private boolean letGo() {
    boolean isAll = true;
    // An object that Java holds may keep memory of another interpreter, which waits for it.
    calls().dropHandles();
    try {
      isAll = !Boolean.FALSE.equals(calls().call("_ophion_support.closing:let_go"));
    } catch (RuntimeException failure) {
      LOG.warn("The variables of '{}' could not be dropped", setup.name(), failure);
    }
    if (isAll) {
      try {
        output.finish();
      } catch (RuntimeException failure) {
        LOG.warn("The output of the interpreter '{}' failed", setup.name(), failure);
      }
    }
    return isAll;
  }

  private long waitForLeases() {
    if (calls().pins() == 0) {
      stage = Stage.VISITORS;
      return 0;
    }
    // Whoever uses this memory may be waiting, in the same way, for what this interpreter uses.
    if (!clearedModules && calls().exporters() > 0) {
      clearedModules = true;
      try {
        calls().call("_ophion_support.closing:clear_modules");
      } catch (RuntimeException failure) {
        LOG.warn("The modules of '{}' were not cleared", setup.name(), failure);
      }
      return 0;
    }
    return LEASE_WAIT_NANOS;
  }

  private long end(long address) {
    if (!visitors.shutDoor()) {
      return VISITOR_WAIT_NANOS;
    }
    sealed = true;
    try {
      Host.endInterpreter(address);
    } catch (RuntimeException failure) {
      // An exit function may have begun a thread or lent memory: from the start again.
      LOG.debug("The interpreter '{}' does not end yet: {}", setup.name(), failure.getMessage());
      visitors.openDoor();
      stage = Stage.THREADS;
      askedThreads = false;
      return LEASE_WAIT_NANOS;
    }
    try {
      image.interpreterEnded();
    } catch (RuntimeException failure) {
      // The interpreter's address is invalid, so this is its end all the same.
      LOG.warn("The image of '{}' was not closed", setup.name(), failure);
    }
    if (state != InterpreterState.FAILED) {
      state = InterpreterState.CLOSED;
    }
    ended();
    return -1;
  }

  private void ended() {
    stage = Stage.ENDED;
    quiet.countDown();
    onEnd.run();
    ended.countDown();
  }
}

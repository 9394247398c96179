package dev.ophion.bridge.interpreter;

import dev.ophion.bridge.carrier.Carrier;
import dev.ophion.bridge.engine.EngineCalls;
import dev.ophion.bridge.image.Image;
import dev.ophion.bridge.log.LazyLogger;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.memory.MemoryOwner;
import dev.ophion.bridge.output.OutputStreams;
import dev.ophion.natives.Host;
import java.util.concurrent.TimeUnit;

/**
 * The steps from the last call to the end, one at a time; see {@link Stage}. Nothing is killed.
 * Confined to the carrier, attached.
 */
final class Ending {

  private static final LazyLogger LOG = LazyLogger.of(Ending.class);

  private static final double THREAD_WAIT_SECONDS = 0.05;
  private static final long LEASE_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long UNREAD_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long VISITOR_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final MemoryOwner owner;
  private final String name;
  private final Progress progress;
  private final EngineCalls calls;
  private final Image image;
  private final Visitors visitors;
  private final OutputStreams output;

  /** Since the threads of the stage are waited for. */
  private boolean askedThreads;

  private boolean clearedModules;

  /** Whether unread replies are waited for, and since when. */
  private boolean isUnreadSeen;

  private long unreadSince;

  /** The interpreter's address is invalid. */
  private boolean isOver;

  Ending(
      MemoryOwner owner,
      String name,
      Progress progress,
      EngineCalls calls,
      Image image,
      Visitors visitors,
      OutputStreams output) {
    this.owner = owner;
    this.name = name;
    this.progress = progress;
    this.calls = calls;
    this.image = image;
    this.visitors = visitors;
    this.output = output;
  }

  /** Whether CPython has ended the interpreter, so that nothing may look at it any more. */
  boolean isOver() {
    return isOver;
  }

  /**
   * Takes a step.
   *
   * @return when to take the next, as {@link Carrier.Duties#windDown}; -1, then and whenever it is
   *     called again, leaves the last stage to the caller
   */
  long step() {
    if (isOver) {
      return -1;
    }
    Stage stage = progress.stage();
    switch (stage) {
      case START_CODE, CALLS -> progress.advance(Stage.THREADS);
      case THREADS -> {
        if (!areThreadsLeft("_ophion_support.closing:wait_for_threads")) {
          progress.advance(Stage.EXIT_FUNCTIONS);
        }
      }
      case EXIT_FUNCTIONS -> {
        runExitFunctions();
        askedThreads = false;
        progress.advance(Stage.DAEMONS);
      }
      case DAEMONS -> {
        if (!areThreadsLeft("_ophion_support.closing:wait_for_daemons")) {
          progress.advance(letGo() ? Stage.LEASES : Stage.EXIT_FUNCTIONS);
        }
      }
      case LEASES -> {
        return waitForLeases();
      }
      case VISITORS -> {
        return end();
      }
      default -> throw new IllegalStateException("No step from " + stage + "; please report this.");
    }
    return 0;
  }

  private boolean areThreadsLeft(String wait) {
    boolean ask = !askedThreads && progress.isAskingThreads();
    askedThreads |= ask;
    try {
      return Boolean.TRUE.equals(calls.call(wait, THREAD_WAIT_SECONDS, ask));
    } catch (RuntimeException failure) {
      // User code may have broken anything. The engine refuses the end while threads run.
      LOG.get().warn("Waiting for the threads of '{}' failed", name, failure);
      return false;
    }
  }

  private void runExitFunctions() {
    try {
      calls.call("_ophion_support.closing:shut_down");
    } catch (RuntimeException failure) {
      LOG.get().warn("An exit function of the interpreter '{}' raised", name, failure);
    }
  }

  /** Drops what refers to anything; {@code false} if that has registered exit functions. */
  private boolean letGo() {
    boolean isAll = true;
    // An object that Java holds may keep memory of another interpreter, which waits for it.
    calls.dropHandles();
    try {
      isAll = !Boolean.FALSE.equals(calls.call("_ophion_support.closing:let_go"));
    } catch (RuntimeException failure) {
      LOG.get().warn("The variables of '{}' could not be dropped", name, failure);
    }
    if (isAll) {
      try {
        output.finish();
      } catch (RuntimeException failure) {
        LOG.get().warn("The output of the interpreter '{}' failed", name, failure);
      }
    }
    return isAll;
  }

  private long waitForLeases() {
    if (calls.pins() == 0) {
      progress.advance(Stage.VISITORS);
      return 0;
    }
    // Whoever uses this memory may be waiting, in the same way, for what this interpreter uses.
    if (!clearedModules && calls.exporters() > 0) {
      clearedModules = true;
      try {
        calls.call("_ophion_support.closing:clear_modules");
      } catch (RuntimeException failure) {
        LOG.get().warn("The modules of '{}' were not cleared", name, failure);
      }
      return 0;
    }
    dropUnread();
    return LEASE_WAIT_NANOS;
  }

  /**
   * Pins that no lease is known for are of replies that nobody has read. Some are on their way to
   * somebody; but a thread whose stack was full may have lost one where nothing could be done, and
   * the interpreter is not to wait for that for ever.
   */
  private void dropUnread() {
    if (LeaseTable.isLent(owner)) {
      isUnreadSeen = false;
      return;
    }
    if (!isUnreadSeen) {
      isUnreadSeen = true;
      unreadSince = System.nanoTime();
    }
    if (System.nanoTime() - unreadSince < UNREAD_WAIT_NANOS) {
      return;
    }
    progress.setForgotten(true);
    if (LeaseTable.isLent(owner)) {
      // Somebody has read one just now.
      progress.setForgotten(false);
      return;
    }
    LOG.get()
        .warn("The interpreter '{}' ends without results with memory that nobody has read", name);
    calls.dropPins();
  }

  private long end() {
    if (!visitors.shutDoor()) {
      return VISITOR_WAIT_NANOS;
    }
    progress.advance(Stage.SEALED);
    try {
      Host.endInterpreter(calls.address());
    } catch (RuntimeException | Error failure) {
      // An exit function may have begun a thread or lent memory: from the start again. An error
      // comes where there is no memory to say so.
      visitors.openDoor();
      askedThreads = false;
      progress.advance(Stage.THREADS);
      LOG.get().debug("The interpreter '{}' does not end yet: {}", name, failure.getMessage());
      return LEASE_WAIT_NANOS;
    }
    isOver = true;
    try {
      image.interpreterEnded();
    } catch (RuntimeException | Error failure) {
      // This is its end all the same.
      LOG.get().warn("The image of '{}' was not closed", name, failure);
    }
    return -1;
  }
}

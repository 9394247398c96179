package dev.ophion.bridge.call;

import dev.ophion.bridge.carrier.Carrier;
import dev.ophion.bridge.engine.EngineCalls;
import dev.ophion.bridge.engine.Unowned;
import dev.ophion.bridge.inbox.Inbox;
import dev.ophion.bridge.log.LazyLogger;
import dev.ophion.bridge.memory.Lease;
import org.jspecify.annotations.Nullable;

/**
 * What other threads let go of and the carrier is to give back: handles, pinned buffers, and
 * replies that nobody reads to their end. Any thread adds, which allocates nothing; the carrier
 * drains.
 */
public final class Releases {

  /** How many one request takes at most, so that a flood of them does not hold up calls. */
  private static final int BATCH = 1024;

  private final Inbox<HandleClaim> handles = new Inbox<>();
  private final Inbox<Lease> leases = new Inbox<>();
  private final Inbox<Exchange> replies = new Inbox<>();

  private static final LazyLogger LOG = LazyLogger.of(Releases.class);

  /** Confined to the carrier. */
  private final long[] numbers = new long[BATCH];

  /** Of the reply that is being dropped. As numbers. */
  private final Attempts dropping = new Attempts();

  /** Of all interpreters. */
  private final Unclosed unclosed = Unclosed.ALL;

  /** Of what is being closed. As numbers. */
  private final Attempts closing = new Attempts();

  /** What is being released when the interpreter has ended. Guarded by this. */
  private @Nullable Exchange forgetting;

  /** Nothing to be given back. */
  public Releases() {}

  /** Any thread. */
  public void add(HandleClaim handle) {
    handles.put(handle);
  }

  /** Any thread. */
  public void add(Lease lease) {
    leases.put(lease);
  }

  /** Any thread. */
  void add(Exchange exchange) {
    replies.put(exchange);
  }

  /** On the carrier. */
  public boolean isEmpty() {
    return !handles.hasItems()
        && !leases.hasItems()
        && !replies.hasItems()
        && unclosed.isEmpty()
        && dropping.exchange == null
        && closing.exchange == null;
  }

  /** On the carrier, attached. */
  public void drainTo(EngineCalls engine, Carrier carrier) {
    closeUnclosed();
    dropReplies(engine, carrier);
    int count = 0;
    while (count < BATCH) {
      HandleClaim handle = handles.poll();
      if (handle == null) {
        break;
      }
      numbers[count++] = handle.id();
    }
    int pins = count;
    while (count < BATCH) {
      Lease lease = leases.poll();
      if (lease == null) {
        break;
      }
      numbers[count++] = lease.pin();
    }
    if (count > 0) {
      engine.release(numbers, pins, count);
    }
  }

  private void closeUnclosed() {
    while (true) {
      Exchange next = closing.exchange != null ? closing.exchange : unclosed.poll();
      if (next == null) {
        return;
      }
      if (closing.begin(next)) {
        next.closeElsewhere();
      } else {
        LOG.get().error("A call could not be closed, and keeps what it holds; please report this");
      }
      closing.end();
    }
  }

  private void dropReplies(EngineCalls engine, Carrier carrier) {
    for (int i = 0; i < BATCH; i++) {
      Exchange next = dropping.exchange != null ? dropping.exchange : replies.poll();
      if (next == null) {
        return;
      }
      if (dropping.begin(next)) {
        next.drop(carrier);
      } else {
        LOG.get()
            .error("A reply could not be dropped, and keeps what it holds; please report this");
      }
      dropping.end();
      if (engine.hasDroppedHandles()) {
        Unowned.replyDroppedLate();
      }
    }
  }

  /** Gives back the memory of replies, since the interpreter has ended. Any thread. */
  public synchronized void forget() {
    while (true) {
      Exchange next = forgetting != null ? forgetting : replies.poll();
      if (next == null) {
        return;
      }
      forgetting = next;
      next.release();
      forgetting = null;
      Unowned.replyDroppedLate();
    }
  }

  /**
   * The exchange that is being done with: stays if that fails, and is given up when it has failed
   * often. What fails again with an empty stack is a mistake, for which the interpreter, which need
   * not be the call's own, would run no more calls and never end.
   */
  private static final class Attempts {

    private static final int MOST = 20;

    private @Nullable Exchange exchange;
    private int made;

    /** Whether it is tried. */
    private boolean begin(Exchange next) {
      exchange = next;
      return ++made <= MOST;
    }

    private void end() {
      exchange = null;
      made = 0;
    }
  }
}

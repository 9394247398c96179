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

  /** How often an exchange is closed in vain: what fails again with an empty stack is a mistake. */
  private static final int ATTEMPTS = 20;

  private static final LazyLogger LOG = LazyLogger.of(Releases.class);

  /** Confined to the carrier. */
  private final long[] numbers = new long[BATCH];

  /** The reply that is being dropped; stays if that fails, until it succeeds. As numbers. */
  private @Nullable Exchange dropping;

  /** Of all interpreters; {@link #closing} is as {@link #dropping}. */
  private final Unclosed unclosed = Unclosed.ALL;

  private @Nullable Exchange closing;
  private int attempts;

  /** As {@link #dropping}, when the interpreter has ended. Guarded by this. */
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
        && dropping == null
        && closing == null;
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
      Exchange next = closing != null ? closing : unclosed.poll();
      if (next == null) {
        return;
      }
      closing = next;
      if (++attempts <= ATTEMPTS) {
        next.closeElsewhere();
      } else {
        // Else this interpreter, which need not be its own, would run no more calls and never end.
        LOG.get().error("A call could not be closed, and keeps what it holds; please report this");
      }
      closing = null;
      attempts = 0;
    }
  }

  private void dropReplies(EngineCalls engine, Carrier carrier) {
    for (int i = 0; i < BATCH; i++) {
      Exchange next = dropping != null ? dropping : replies.poll();
      if (next == null) {
        return;
      }
      dropping = next;
      next.drop(carrier);
      dropping = null;
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
}

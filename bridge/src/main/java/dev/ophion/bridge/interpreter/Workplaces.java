package dev.ophion.bridge.interpreter;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the requests to one interpreter work with. Requests whose submitter waits get a place that
 * stays with the interpreter: taking it is a flag, where a common store costs stores of references,
 * which the collector wants to hear of, and atomic operations.
 *
 * <p>Thread-safe.
 */
final class Workplaces {

  /** As many as requests are nested in practice. */
  private static final int MOST_SPARES = 8;

  private final HostedInterpreter interpreter;
  private final Mailbox mailbox;

  /** For a request of the carrier itself. Confined to the carrier, as the next two. */
  private @Nullable Bound carriers;

  private boolean isCarriersTaken;

  /** For requests that the carrier makes within others. */
  private final ArrayDeque<Bound> spares = new ArrayDeque<>(MOST_SPARES);

  Workplaces(HostedInterpreter interpreter) {
    this.interpreter = interpreter;
    mailbox = new Mailbox(Bound.to(interpreter));
  }

  Mailbox mailbox() {
    return mailbox;
  }

  /** Whether a request may be posted in the mailbox. */
  @SuppressWarnings("ReferenceEquality") // the very same one
  boolean isMailboxs(Bound bound) {
    return bound == mailbox.bound();
  }

  /** For a request that is closed by the thread that makes it, or was abandoned in the mailbox. */
  Bound takeAwaited(boolean isOnCarrier) {
    if (isOnCarrier) {
      return isCarriersTaken ? take(true) : takeCarriers();
    }
    return mailbox.tryClaim() ? mailbox.bound() : take(false);
  }

  private Bound takeCarriers() {
    Bound place = carriers;
    if (place == null) {
      place = Bound.to(interpreter);
      carriers = place;
    }
    isCarriersTaken = true;
    return place;
  }

  /** For a request that any thread may close. */
  Bound take(boolean isOnCarrier) {
    Bound spare = isOnCarrier ? spares.pollLast() : null;
    return spare != null ? spare : Bound.to(interpreter);
  }

  /** Takes back what a request has worked with. */
  @SuppressWarnings("ReferenceEquality") // the very same one
  void giveBack(Bound bound, boolean isOnCarrier) {
    if (isMailboxs(bound)) {
      bound.reset();
      mailbox.release();
    } else if (isOnCarrier && bound == carriers) {
      bound.reset();
      isCarriersTaken = false;
    } else if (isOnCarrier && spares.size() < MOST_SPARES) {
      bound.reset();
      spares.addLast(bound);
    } else {
      bound.giveBack();
    }
  }
}

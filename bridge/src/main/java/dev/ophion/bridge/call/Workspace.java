package dev.ophion.bridge.call;

import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.Scratch;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What a thread works with while it writes a request or reads a reply: memory, an encoder, a
 * decoder, and what both refer to. Confined to one request at a time.
 *
 * <p>There are few: the mailbox has one, the carrier some for requests within requests, and all
 * other threads share a store. A call that waits in the queue has none.
 */
final class Workspace {

  private static final int SMALL_BYTES = 1 << 13;

  /** Whose it is between two requests. */
  enum Home {
    MAILBOX,
    CARRIER,
    STORE
  }

  /** As many as threads encode and decode at the same moment, with some that were preempted. */
  private static final AtomicReferenceArray<@Nullable Workspace> STORE =
      new AtomicReferenceArray<>(4 * Runtime.getRuntime().availableProcessors());

  private final Home home;
  private final Scratch scratch;
  private final CallReferences references = new CallReferences();
  private final Encoder encoder;
  private final Decoder decoder;

  /** For the carrier's. */
  private boolean taken;

  /** For whom it does not leave. */
  Workspace(Target interpreter, Home home) {
    this(new Scratch(), home);
    references.bind(interpreter, home == Home.CARRIER);
  }

  private Workspace(Scratch scratch, Home home) {
    this.scratch = scratch;
    this.home = home;
    encoder = new Encoder(scratch, references);
    decoder = new Decoder(references);
  }

  /** Takes one for a short time. Any thread. */
  static Workspace borrow(Target interpreter) {
    Workspace found = null;
    for (int i = 0; i < STORE.length() && found == null; i++) {
      if (STORE.getPlain(i) != null) {
        found = STORE.getAndSet(i, null);
      }
    }
    if (found == null) {
      found = new Workspace(new Scratch(SMALL_BYTES), Home.STORE);
    }
    found.references.bind(interpreter, false);
    return found;
  }

  /** Gives back one that was borrowed. */
  void giveBack() {
    reset();
    for (int i = 0; i < STORE.length(); i++) {
      if (STORE.getPlain(i) == null && STORE.compareAndSet(i, null, this)) {
        return;
      }
    }
  }

  /** Lets go of what the last request referred to, and of large memory. */
  void reset() {
    references.close();
    encoder.begin();
  }

  void setTaken(boolean isTaken) {
    taken = isTaken;
  }

  boolean isTaken() {
    return taken;
  }

  Home home() {
    return home;
  }

  Scratch scratch() {
    return scratch;
  }

  Encoder encoder() {
    return encoder;
  }

  Decoder decoder() {
    return decoder;
  }

  CallReferences references() {
    return references;
  }
}

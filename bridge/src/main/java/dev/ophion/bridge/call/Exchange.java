package dev.ophion.bridge.call;

import dev.ophion.Access;
import dev.ophion.InterpreterClosedException;
import dev.ophion.NdArray;
import dev.ophion.OphionException;
import dev.ophion.Payload;
import dev.ophion.PythonException;
import dev.ophion.bridge.carrier.Carrier;
import dev.ophion.bridge.carrier.Handover;
import dev.ophion.bridge.carrier.Work;
import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Scratch;
import dev.ophion.bridge.engine.Op;
import dev.ophion.bridge.engine.Reply;
import dev.ophion.bridge.transfer.PinnedArray;
import dev.ophion.bridge.transfer.PinnedPayload;
import dev.ophion.natives.Host;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request of a user and its reply. Its thread writes the request into a workspace; the carrier
 * has it carried out, right there or, if it has to wait in the queue, from a {@link Parcel}; its
 * thread reads the reply and closes. Before it is written it has nothing to be given back.
 *
 * <p><b>Ownership:</b> whoever is to act next owns the workspace or the parcel, and what the reply
 * refers to: its thread until it hands it over, the carrier until it has finished, then its thread
 * again. Who gives up leaves it to the carrier; see {@link Handover}. {@link #close} is to follow
 * whatever comes, and gives everything back that nobody got.
 *
 * <p><b>Failures of the close:</b> each of its steps is noted by a store right behind the call that
 * makes it, so that a close that found no stack or no memory goes on where it was when it is called
 * again. Who closes has such ones called again by {@link Unclosed}.
 */
public class Exchange extends Work {

  /**
   * Reads the reply.
   *
   * @param <T> what it makes of it
   */
  public interface Reader<T extends @Nullable Object> {
    T read(Exchange done);
  }

  /** How it gets to the carrier. */
  enum Way {
    NOT_YET,
    NESTED,
    MAILBOX,
    QUEUE
  }

  private final Requests maker;
  private final Dispatch dispatch;
  private final Op op;

  /** Until it is written. */
  private Requests.@Nullable Operands operands;

  private @Nullable Class<?> wanted;

  private @Nullable Workspace workspace;
  private @Nullable Parcel parcel;
  Way way = Way.NOT_YET;
  private long requestAddress;
  private long requestSize;
  private long requestCapacity;
  private long replySize;
  private boolean carriedOut;

  /** Whether it is known that the carrier has no part in it. */
  private boolean settled = true;

  /** Where the reply is, when somebody has looked at it. */
  private @Nullable Reply reply;

  /** Memory of the reply that the workspace does not own. */
  private long elsewhere;

  /** Whether all that the reply refers to belongs to somebody. */
  private boolean taken;

  /** Who owned it when its thread gave up; null if it has not. */
  @Nullable Owner gone;

  /** Whether it is among the releases, for the carrier to drop. */
  private boolean left;

  boolean closed;

  /** Guarded by {@link Unclosed}. */
  @Nullable Exchange olderUnclosed;

  private @Nullable Runnable whenDone;
  private @Nullable Object end;

  Exchange(Requests maker, Op op, Requests.Operands operands) {
    this.maker = maker;
    this.op = op;
    this.operands = operands;
    dispatch = maker.dispatch();
  }

  /** Takes something to work with and writes the request. Once. */
  void write() {
    Requests.Operands behind = operands;
    if (behind == null) {
      throw new OphionException("A request is written once.");
    }
    operands = null;
    workspace = maker.areAwaited() ? dispatch.workspaceToWait() : dispatch.workspace();
    maker.write(op, behind, wanted, workspace());
    // What the carrier needs is kept here, so that it does not fetch the encoder's and the buffer's
    // cache lines from the submitter's core as well.
    Scratch scratch = workspace().scratch();
    requestAddress = scratch.address();
    requestSize = workspace().encoder().size();
    requestCapacity = scratch.capacityBytes();
  }

  Dispatch dispatch() {
    return dispatch;
  }

  private Workspace workspace() {
    Workspace current = workspace;
    if (current == null) {
      throw new OphionException("A request is written before it is handed over.");
    }
    return current;
  }

  CallReferences references() {
    return workspace().references();
  }

  /** Says which class the result is to have. Before it is written. */
  public Exchange wanting(Class<?> type) {
    wanted = Objects.requireNonNull(type, "the type is null");
    return this;
  }

  /** Runs something on the carrier when it is done. Before it is handed over. */
  public void whenDone(Runnable action) {
    whenDone = action;
  }

  /** Makes the end of an iterator come back as this value. Before it is handed over. */
  public Exchange endingWith(Object value) {
    end = value;
    return this;
  }

  /** Has it carried out within what the carrier does. On the carrier. */
  void nest(Carrier carrier) {
    way = Way.NESTED;
    carrier.runNested(this);
  }

  /** Whether it may be posted in the mailbox. */
  @SuppressWarnings("ReferenceEquality") // the very same one
  boolean isIn(Mailbox mailbox) {
    return workspace == mailbox.workspace();
  }

  /** Packs it, so that it needs no workspace while it waits. */
  void pack() {
    Parcel packed = new Parcel();
    parcel = packed;
    packed.fill(workspace());
    leaveWorkspace();
  }

  /** Puts it into the mailbox or, if it is packed, into the queue. */
  @Override
  public void put(Carrier carrier) {
    if (parcel == null) {
      dispatch.mailbox().post((int) requestSize);
      way = Way.MAILBOX;
      settled = false;
      return;
    }
    way = Way.QUEUE;
    settled = false;
    boolean isPut = false;
    try {
      super.put(carrier);
      isPut = true;
    } finally {
      if (!isPut) {
        // Nobody else knows of it, and its place is given back by whoever took it.
        settled = true;
        way = Way.NOT_YET;
      }
    }
  }

  /** Waits for the end. */
  void await(Mailbox mailbox) {
    Owner owner;
    if (way == Way.MAILBOX) {
      owner = mailbox.await(this);
    } else {
      owner = spin() ? Owner.CALLER : sleep(dispatch.limit());
    }
    gone = owner;
    ended(owner);
    if (owner != Owner.CALLER) {
      throw dispatch.gaveUp();
    }
  }

  /** Takes note of who has it. */
  private void ended(Owner owner) {
    if (owner == Owner.CARRIER) {
      closed = true;
      return;
    }
    if (owner == Owner.ABANDONER) {
      dispatch.takenBack();
    } else if (way == Way.MAILBOX) {
      dispatch.mailbox().deliver(this);
    }
    settled = true;
  }

  /** Whether Python may have seen it. After its close. */
  public boolean mayHaveBegun() {
    // In this order: a carrier that closes it meanwhile writes the other one first.
    return !settled || carriedOut;
  }

  /**
   * Gives it up, from another thread than the one that waits, if there is one.
   *
   * @return {@code false} if it is done already
   */
  public boolean cancel() {
    if (way != Way.QUEUE) {
      return false;
    }
    Owner owner = abandon();
    if (owner == Owner.ABANDONER) {
      // Of those who cancel, only this one writes here.
      gone = owner;
      try {
        close();
      } finally {
        if (!closed) {
          Unclosed unclosed = dispatch.unclosed;
          boolean isNoted = false;
          try {
            synchronized (unclosed) {
              olderUnclosed = unclosed.newest;
              unclosed.newest = this;
              isNoted = true;
            }
          } catch (StackOverflowError full) {
            if (!isNoted) {
              olderUnclosed = unclosed.newest;
              unclosed.newest = this;
            }
          }
        }
      }
    }
    return owner != Owner.CALLER;
  }

  @Override
  protected void perform(Carrier carrier) {
    if (way == Way.NESTED) {
      replySize = Host.invoke(carrier.address(), requestAddress, requestSize, requestCapacity);
      carriedOut = true;
      return;
    }
    Parcel packed = parcel;
    if (packed == null) {
      throw new OphionException("A request that is not there.");
    }
    Workspace own = dispatch.workspaceOnCarrier();
    try {
      packed.carryOut(carrier.address(), own.scratch());
      carriedOut = true;
    } finally {
      dispatch.giveBack(own);
    }
  }

  /** Takes the reply that the engine has left in the workspace. */
  void replied(long size) {
    replySize = size;
    carriedOut = true;
  }

  @Override
  protected void finished() {
    if (whenDone != null) {
      whenDone.run();
    }
  }

  /** When its future is to be completed: whoever does that owns it from here on. */
  public void collect() {
    settled = true;
  }

  /** The result in a wanted class, or throws what came instead. After the end. */
  public @Nullable Object value(Class<?> type) {
    Decoder decoder = content();
    if (end != null && decoder.stop()) {
      taken = true;
      return end;
    }
    Object value = decoder.value(type, "result");
    taken = true;
    return value;
  }

  /** What a dump gave. After the end. */
  public Payload payload(Access access) {
    Decoder decoder = content();
    Payload payload = PinnedPayload.read(decoder, access, references());
    references().made();
    taken = true;
    return payload;
  }

  /** What a take gave. After the end. */
  public NdArray taken() {
    Decoder decoder = content();
    NdArray array = PinnedArray.readTaken(decoder, references());
    references().made();
    taken = true;
    return array;
  }

  /** Positioned behind the reply's status; throws what came instead of a value. */
  private Decoder content() {
    throwFailure();
    if (!carriedOut || reply != null) {
      throw new OphionException("A reply can be read once, after its call.");
    }
    if (workspace == null) {
      workspace = dispatch.workspace();
    }
    try {
      ByteBuffer content = locate().content();
      Decoder decoder = workspace().decoder();
      decoder.begin(content);
      return decoder;
    } catch (PythonException raised) {
      throw dispatch.target().explain(raised);
    } catch (InterpreterClosedException unnamed) {
      throw dispatch.closed();
    }
  }

  /** Finds the reply. With a workspace. */
  private Reply locate() {
    Reply found = reply;
    if (found != null) {
      return found;
    }
    Scratch scratch = workspace().scratch();
    if (parcel != null) {
      found = parcel.reply(scratch);
    } else if (replySize == Reply.ELSEWHERE) {
      ByteBuffer place = scratch.buffer().clear();
      elsewhere = place.getLong(0);
      found = Reply.at(elsewhere, place.getLong(8));
    } else {
      found = Reply.in(scratch, replySize);
    }
    reply = found;
    return found;
  }

  /**
   * Gives back what nobody got. If it throws, it is to be called again. Idempotent; by whoever owns
   * it.
   */
  void close() {
    if (closed) {
      return;
    }
    if (!settled) {
      Owner owner = gone;
      if (owner == null) {
        // Something went wrong between the hand-over and the end of the wait.
        owner = way == Way.MAILBOX ? dispatch.mailbox().abandon(this) : abandon();
        gone = owner;
      }
      ended(owner);
      if (closed) {
        return;
      }
    }
    if (left) {
      // The carrier may be at it, and nothing else of it is to be looked at here.
      dispatch.haveDropped();
    } else if (!isToBeDropped()) {
      release();
    } else if (dispatch.isCarriedHere()) {
      dispatch.drop(this);
    } else {
      leaveToCarrier();
    }
    closed = true;
  }

  /** As {@link #close}, on the carrier of another interpreter. */
  void closeElsewhere() {
    Workspace last = left ? null : workspace;
    if (last != null && last.home() == Workspace.Home.CARRIER && !dispatch.isCarriedHere()) {
      leaveToCarrier();
      closed = true;
    } else {
      close();
    }
  }

  private void leaveToCarrier() {
    dispatch.leave(this);
    left = true;
    dispatch.haveDropped();
  }

  private boolean isToBeDropped() {
    return carriedOut && !taken && (reply == null || reply.refers());
  }

  @Override
  protected void discarded(Carrier carrier) {
    closed = true;
    // Not at once: what failed then would not be tried again.
    dispatch.leave(this);
  }

  /**
   * Gives back what the reply refers to and everything else. On the carrier; if it throws, it is to
   * be called again.
   */
  void drop(Carrier carrier) {
    if (isToBeDropped()) {
      if (parcel != null && reply == null) {
        // The carrier's has room for whatever came back; this one may have had no memory for it.
        leaveWorkspace();
      }
      if (workspace == null) {
        workspace = dispatch.workspaceOnCarrier();
      }
      Reply last = locate();
      if (last.refers()) {
        boolean wasAttached = carrier.enter();
        try {
          Host.dropReply(carrier.address(), last.address(), last.size(), references().adopted());
          taken = true;
        } finally {
          carrier.leave(wasAttached);
        }
      }
      taken = true;
    }
    release();
  }

  /** Gives back memory and what the request held; if it throws, it is to be called again. */
  void release() {
    if (elsewhere == 0 && carriedOut && parcel == null && replySize == Reply.ELSEWHERE) {
      elsewhere = workspace().scratch().buffer().getLong(0);
    }
    if (elsewhere != 0) {
      Host.releaseReply(elsewhere);
      elsewhere = 0;
      replySize = 0;
    }
    leaveWorkspace();
    if (parcel != null) {
      parcel.close();
    }
  }

  private void leaveWorkspace() {
    Workspace last = workspace;
    if (last != null) {
      dispatch.giveBack(last);
      workspace = null;
    }
  }
}

package dev.ophion.bridge.call;

import dev.ophion.bridge.carrier.Carrier;
import dev.ophion.bridge.carrier.Handover;
import dev.ophion.bridge.carrier.ShortWay;
import dev.ophion.bridge.codec.Scratch;
import dev.ophion.bridge.engine.Reply;
import dev.ophion.bridge.memory.DirectMemory;
import dev.ophion.natives.Host;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The short way to a carrier, beside its queue: room for one request whose caller waits. What a
 * hand-over costs between two threads that spin is the cache lines that travel between their cores,
 * so one line holds everything that a small call needs: the word of the {@link Handover}, the
 * request, and then the reply.
 *
 * <p><b>Callers</b> {@linkplain #tryClaim claim} it before they write a request, and work with its
 * {@link #workspace}; who finds it claimed takes the queue. The claim has a line of its own, which
 * stays with a caller that comes again. {@link #release} ends it when the reply has been read.
 *
 * <p><b>The word.</b> A request is posted as begun, which saves the carrier a step: who abandons it
 * leaves it to the carrier in any case, which does not run what it finds abandoned.
 *
 * <p><b>Order.</b> The carrier looks here before it looks at the queue, and a caller posts only
 * while the queue is empty: whatever it, or anybody it has heard of, submitted before has been
 * taken out of the queue by then, and so has run when the carrier looks here again. Callers that
 * come in while the queue is not empty queue up, so that neither way starves the other. The carrier
 * parks only after it has said so, with a full fence between that and its last look at the word;
 * {@link Carrier#wake} has the same fence between the word and the look at who is parked. One of
 * the two sees what the other wrote.
 *
 * <p>Thread-safe as said at each method.
 */
public final class Mailbox extends ShortWay {

  /** Processors fetch cache lines of 64 bytes in pairs. */
  private static final int LINES_BYTES = 128;

  private static final int MEMORY_BYTES = 4096;

  /** The only used element of the claim. */
  private static final int USED = LINES_BYTES / Integer.BYTES;

  // The line.
  private static final int WORD = 0;
  private static final int SIZE = 4;
  private static final int CONTENT = 8;
  private static final int MOST_INLINE_BYTES = 56;

  // In place of a size: what stands in the workspace, at CONTENT its address, size and capacity or
  // the size of the reply; a failure; nothing, since the request was abandoned before it ran.
  private static final int IN_WORKSPACE = -1;
  private static final int FAILED = -2;
  private static final int NEVER_RAN = -3;

  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteBuffer line;

  /** Has the length of two cache lines on either side of its only used element. */
  private final AtomicIntegerArray claim = new AtomicIntegerArray(2 * LINES_BYTES / Integer.BYTES);

  /** The carrier's copy of what is in the line: the caller looks at that all the time. */
  private final ByteBuffer copy;

  private final long copyAddress;

  /** What the claimant works with. */
  private final Workspace workspace;

  /** Written by the claimant before it may abandon it. */
  private @Nullable Exchange left;

  /** Written by the carrier before it finishes. */
  private @Nullable Throwable failure;

  /** The mailbox of one interpreter. */
  public Mailbox(Target interpreter) {
    workspace = new Workspace(interpreter, Workspace.Home.MAILBOX);
    ByteBuffer memory =
        ByteBuffer.allocateDirect(MEMORY_BYTES + LINES_BYTES)
            .alignedSlice(64)
            .order(ByteOrder.nativeOrder());
    line = part(memory, LINES_BYTES, MOST_INLINE_BYTES + CONTENT);
    copy = part(memory, 2 * LINES_BYTES, MEMORY_BYTES - 2 * LINES_BYTES);
    copyAddress = DirectMemory.addressOf(copy);
  }

  private static ByteBuffer part(ByteBuffer memory, int from, int sizeBytes) {
    return memory.slice(from, sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  protected int word() {
    return (int) INT.getAcquire(line, WORD);
  }

  @Override
  protected boolean change(int from, int to) {
    // Twice, as in post.
    return INT.compareAndSet(line, WORD, from, from) && INT.compareAndSet(line, WORD, from, to);
  }

  @Override
  protected int clear() {
    return (int) INT.getAndSet(line, WORD, NOTHING);
  }

  /** Takes the mailbox, if it is free. Any thread; does not wait. */
  boolean tryClaim() {
    return claim.getOpaque(USED) == 0 && claim.compareAndSet(USED, 0, 1);
  }

  /** Ends the claim. On the claimant, or whoever was left with an abandoned request. */
  void release() {
    claim.setRelease(USED, 0);
  }

  /** What the claimant works with. */
  Workspace workspace() {
    return workspace;
  }

  /** Posts the request in the workspace. On the claimant, which wakes the carrier then. */
  void post(int sizeBytes) {
    Scratch scratch = workspace.scratch();
    int size = sizeBytes;
    if (sizeBytes <= MOST_INLINE_BYTES) {
      move(scratch.buffer(), 0, line, CONTENT, sizeBytes);
    } else {
      size = IN_WORKSPACE;
      line.putLong(CONTENT, scratch.address());
      line.putLong(CONTENT + 8, sizeBytes);
      line.putLong(CONTENT + 16, scratch.capacityBytes());
    }
    // A store into a buffer calls a method behind the store, so that a full stack could throw when
    // the carrier has the request already. Whoever gets through the first of these two gets through
    // the second.
    INT.setRelease(line, SIZE, size);
    INT.setRelease(line, WORD, POSTED | BEGUN);
  }

  /** Waits for the end of what was posted; see {@link Handover}. On the claimant. */
  Owner await(Exchange exchange) {
    if (spin()) {
      return Owner.CALLER;
    }
    left = exchange;
    return sleep(exchange.dispatch().limit());
  }

  /** Gives up what was posted. On the claimant. */
  Owner abandon(Exchange exchange) {
    left = exchange;
    return abandon();
  }

  /** Gives the reply to the exchange. On the claimant when it is done, or on the carrier. */
  void deliver(Exchange exchange) {
    if (left != null) {
      left = null;
    }
    int size = line.getInt(SIZE);
    if (size >= 0) {
      move(line, CONTENT, workspace.scratch().buffer(), 0, size);
      exchange.replied(size);
    } else if (size == IN_WORKSPACE) {
      exchange.replied(line.getLong(CONTENT));
    } else if (size == FAILED) {
      exchange.failed(failure);
      failure = null;
    }
  }

  @Override
  protected boolean isPosted() {
    return word() != NOTHING;
  }

  @Override
  protected void carryOut(long interpreter) {
    if ((word() & ABANDONED) != 0) {
      line.putInt(SIZE, NEVER_RAN);
      return;
    }
    int size = line.getInt(SIZE);
    if (size == IN_WORKSPACE) {
      long replySize =
          Host.invoke(
              interpreter,
              line.getLong(CONTENT),
              line.getLong(CONTENT + 8),
              line.getLong(CONTENT + 16));
      line.putLong(CONTENT, replySize);
      return;
    }
    move(line, CONTENT, copy, 0, size);
    long replySize = Host.invoke(interpreter, copyAddress, size, copy.capacity());
    if (replySize >= 0 && replySize <= MOST_INLINE_BYTES) {
      move(copy, 0, line, CONTENT, (int) replySize);
      line.putInt(SIZE, (int) replySize);
    } else {
      int used = replySize < 0 ? Reply.PLACE_BYTES : (int) replySize;
      workspace.scratch().buffer().put(0, copy, 0, used);
      line.putLong(CONTENT, replySize);
      line.putInt(SIZE, IN_WORKSPACE);
    }
  }

  @Override
  protected void fail(Throwable reason) {
    failure = reason;
    line.putInt(SIZE, FAILED);
  }

  @Override
  protected void answer(Carrier carrier) {
    if (!finish()) {
      Exchange abandoned = left;
      if (abandoned != null) {
        deliver(abandoned);
        abandoned.discarded(carrier);
      }
    }
  }

  /** Moves whole longs: both sides have room for them. */
  private static void move(ByteBuffer from, int start, ByteBuffer to, int target, int sizeBytes) {
    for (int i = 0; i < sizeBytes; i += Long.BYTES) {
      to.putLong(target + i, from.getLong(start + i));
    }
  }
}

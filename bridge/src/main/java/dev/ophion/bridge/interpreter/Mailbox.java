package dev.ophion.bridge.interpreter;

import dev.ophion.bridge.codec.Scratch;
import dev.ophion.bridge.memory.DirectMemory;
import dev.ophion.natives.Host;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The short way to a carrier, beside its queue: room for one call whose caller waits. What a
 * hand-over costs between two threads that spin is the cache lines that travel between their cores,
 * so one line holds everything that a small call needs: a word, the request, and then the reply.
 *
 * <p><b>Callers</b> {@linkplain #tryClaim claim} it before they write a request, and work with its
 * {@link #bound}; who finds it claimed takes the queue. The claim has a line of its own, which
 * stays with a caller that comes again. {@link #release} ends it when the reply has been read.
 *
 * <p><b>The word</b> goes
 *
 * <pre>
 * EMPTY -> POSTED -> EMPTY                        by the caller; by the carrier
 *          POSTED -> AWAITED -> EMPTY             by the caller, before it parks; by the carrier
 *                    AWAITED -> ABANDONED -> EMPTY   by the caller, interrupted; by the carrier
 * </pre>
 *
 * Only a caller takes it from EMPTY and only the carrier back there, by an atomic exchange, so that
 * neither overlooks the other:
 *
 * <ul>
 *   <li>A caller parks only after it has turned POSTED to AWAITED. If the carrier was first, that
 *       fails and the reply is there. If not, the carrier's exchange finds AWAITED and unparks.
 *   <li>The carrier parks only after it has said so, with a full fence between that and its last
 *       look at the word; {@link Carrier#wake} has the same fence between the word and the look at
 *       who is parked. One of the two sees what the other wrote.
 *   <li>A caller gives up only by turning AWAITED to ABANDONED. If the carrier was first, that
 *       fails and the reply is taken. If not, the mailbox is the carrier's: it does not run a call
 *       that it finds abandoned, discards the result of one that it runs already, and releases the
 *       claim.
 * </ul>
 *
 * <p><b>Order.</b> The carrier looks here before it looks at the queue, and a caller posts only
 * while the queue is empty: whatever it, or anybody it has heard of, submitted before has been
 * taken out of the queue by then, and so has run when the carrier looks here again. Callers that
 * come in while the queue is not empty queue up, so that neither way starves the other.
 *
 * <p>Thread-safe as said at each method.
 */
final class Mailbox {

  private static final int EMPTY = 0;
  private static final int POSTED = 1;
  private static final int AWAITED = 2;
  private static final int ABANDONED = 3;

  /** Processors fetch cache lines of 64 bytes in pairs. */
  private static final int LINES_BYTES = 128;

  private static final int MEMORY_BYTES = 4096;

  // The line.
  private static final int WORD = 0;
  private static final int SIZE = 4;
  private static final int CONTENT = 8;
  private static final int MOST_INLINE_BYTES = 56;

  // In place of a size: what stands in the bound scratch, at CONTENT its address, size and capacity
  // or the size of the reply; a failure; nothing, since the call was abandoned before it ran.
  private static final int IN_SCRATCH = -1;
  private static final int FAILED = -2;
  private static final int NEVER_RAN = -3;

  /** What {@link Host#invoke} leaves in the scratch if the reply is elsewhere. */
  private static final int PLACE_BYTES = 16;

  /** Some 20 us: more than a short call takes, about what a park and its wake-up cost together. */
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 1500 : 0;

  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteBuffer line;
  private final ByteBuffer claim;

  /** The carrier's copy of what is in the line: the caller looks at that all the time. */
  private final ByteBuffer copy;

  private final long copyAddress;

  /** What the claimant works with. */
  private final Bound bound;

  /** Written by the claimant before {@code AWAITED}. */
  private @Nullable Exchange sleeping;

  /** Written by the claimant before {@code AWAITED}. */
  private @Nullable Thread sleeper;

  /** Written by the carrier before {@code EMPTY}. */
  private @Nullable Throwable failure;

  Mailbox(Bound bound) {
    this.bound = bound;
    ByteBuffer memory =
        ByteBuffer.allocateDirect(MEMORY_BYTES + LINES_BYTES)
            .alignedSlice(64)
            .order(ByteOrder.nativeOrder());
    line = part(memory, LINES_BYTES, MOST_INLINE_BYTES + CONTENT);
    claim = part(memory, 2 * LINES_BYTES, Integer.BYTES);
    copy = part(memory, 4 * LINES_BYTES, MEMORY_BYTES - 4 * LINES_BYTES);
    copyAddress = DirectMemory.addressOf(copy);
  }

  private static ByteBuffer part(ByteBuffer memory, int from, int sizeBytes) {
    return memory.slice(from, sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Takes the mailbox, if it is free. Any thread; does not wait. */
  boolean tryClaim() {
    return (int) INT.getOpaque(claim, 0) == 0 && INT.compareAndSet(claim, 0, 0, 1);
  }

  /** Ends the claim. On the claimant, or whoever was left with an abandoned call. */
  void release() {
    INT.setRelease(claim, 0, 0);
  }

  /** What the claimant works with. */
  Bound bound() {
    return bound;
  }

  /** Posts the request in the bound scratch. On the claimant, which wakes the carrier then. */
  void post(int sizeBytes) {
    Scratch scratch = bound.workspace().scratch();
    if (sizeBytes <= MOST_INLINE_BYTES) {
      move(scratch.buffer(), 0, line, CONTENT, sizeBytes);
      line.putInt(SIZE, sizeBytes);
    } else {
      line.putInt(SIZE, IN_SCRATCH);
      line.putLong(CONTENT, scratch.address());
      line.putLong(CONTENT + 8, sizeBytes);
      line.putLong(CONTENT + 16, scratch.capacityBytes());
    }
    INT.setRelease(line, WORD, POSTED);
  }

  /**
   * Waits for the reply to what was posted, and gives it to the exchange. On the claimant.
   *
   * @throws dev.ophion.CallCancelledException if the thread is interrupted while it is parked, or
   *     the JVM exits and waits no longer; the exchange is closed by others then
   */
  void await(Exchange exchange, InterpreterSetup setup) {
    for (int i = 0; i < SPINS; i++) {
      if ((int) INT.getAcquire(line, WORD) == EMPTY) {
        deliver(exchange);
        return;
      }
      Thread.onSpinWait();
    }
    sleep(exchange, setup);
    deliver(exchange);
  }

  private void sleep(Exchange exchange, InterpreterSetup setup) {
    sleeping = exchange;
    sleeper = Thread.currentThread();
    if (INT.compareAndSet(line, WORD, POSTED, AWAITED)) {
      Deadline limit = JvmExit.limit(setup);
      while ((int) INT.getAcquire(line, WORD) == AWAITED) {
        if (limit == null) {
          LockSupport.park(this);
        } else if (limit.remainingNanos() > 0) {
          LockSupport.parkNanos(this, limit.remainingNanos());
        } else if (INT.compareAndSet(line, WORD, AWAITED, ABANDONED)) {
          throw JvmExit.tooLate(setup);
        }
        if (Thread.interrupted()) {
          boolean gaveUp = INT.compareAndSet(line, WORD, AWAITED, ABANDONED);
          Thread.currentThread().interrupt();
          if (gaveUp) {
            throw Call.interrupted();
          }
        }
      }
    }
    sleeping = null;
    sleeper = null;
  }

  private void deliver(Exchange exchange) {
    int size = line.getInt(SIZE);
    if (size >= 0) {
      move(line, CONTENT, bound.workspace().scratch().buffer(), 0, size);
      exchange.replied(size);
    } else if (size == IN_SCRATCH) {
      exchange.replied(line.getLong(CONTENT));
    } else if (size == FAILED) {
      exchange.failed(failure);
      failure = null;
    }
  }

  /** Whether there is something to be answered. On the carrier. */
  boolean isPosted() {
    return (int) INT.getAcquire(line, WORD) != EMPTY;
  }

  /** Has the posted call carried out. On the carrier, attached; {@link #answer} is to follow. */
  void carryOut(long interpreter) {
    if ((int) INT.getAcquire(line, WORD) == ABANDONED) {
      line.putInt(SIZE, NEVER_RAN);
      return;
    }
    int size = line.getInt(SIZE);
    if (size == IN_SCRATCH) {
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
      int used = replySize < 0 ? PLACE_BYTES : (int) replySize;
      bound.workspace().scratch().buffer().put(0, copy, 0, used);
      line.putLong(CONTENT, replySize);
      line.putInt(SIZE, IN_SCRATCH);
    }
  }

  /** Makes the posted call fail. On the carrier; {@link #answer} is to follow. */
  void fail(Throwable reason) {
    failure = reason;
    line.putInt(SIZE, FAILED);
  }

  /** Hands back what came of the posted call. On the carrier. */
  void answer() {
    int found = (int) INT.getAndSet(line, WORD, EMPTY);
    if (found == AWAITED) {
      LockSupport.unpark(sleeper);
    } else if (found == ABANDONED) {
      Exchange abandoned = sleeping;
      sleeping = null;
      sleeper = null;
      if (abandoned != null) {
        deliver(abandoned);
        abandoned.discarded();
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

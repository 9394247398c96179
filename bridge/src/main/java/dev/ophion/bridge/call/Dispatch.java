package dev.ophion.bridge.call;

import dev.ophion.CallCancelledException;
import dev.ophion.InterpreterClosedException;
import dev.ophion.QueueFullException;
import dev.ophion.bridge.carrier.Carrier;
import dev.ophion.bridge.carrier.Handover;
import dev.ophion.bridge.carrier.Intake;
import dev.ophion.bridge.carrier.QueueBound;
import dev.ophion.bridge.carrier.Work;
import dev.ophion.bridge.waiting.Deadline;
import dev.ophion.bridge.waiting.JvmExit;
import org.jspecify.annotations.Nullable;

/**
 * How calls of any thread get to the carrier of one interpreter: within what it does, through the
 * mailbox, or through the queue; and what they work with on the way. Thread-safe.
 */
public final class Dispatch {

  private final Target interpreter;
  private final Life life;
  private final Intake intake;
  private final Carrier carrier;
  private final Mailbox mailbox;
  private final QueueBound bound;
  private final WorkspaceStack workspaces;
  private final Releases releases;

  /** A field, since who notes something there may have a full stack. */
  final Unclosed unclosed = Unclosed.ALL;

  /** Of one interpreter, whose carrier looks into this mailbox and keeps to this bound. */
  public Dispatch(
      Target interpreter, Life life, Carrier carrier, Mailbox mailbox, QueueBound bound) {
    this.interpreter = interpreter;
    this.life = life;
    intake = life.intake();
    this.carrier = carrier;
    this.mailbox = mailbox;
    this.bound = bound;
    workspaces = new WorkspaceStack(interpreter);
    releases = life.releases();
  }

  Target target() {
    return interpreter;
  }

  /** What a new request works with whose thread waits for its end and closes it. */
  Workspace workspaceToWait() {
    if (carrier.isCurrentThread()) {
      return workspaces.take();
    }
    Workspace ofMailbox = mailbox.workspace();
    return mailbox.tryClaim() ? ofMailbox : Workspace.borrow(interpreter);
  }

  /** What to write a request with that others carry on, or to read a reply. */
  Workspace workspace() {
    return Workspace.borrow(interpreter);
  }

  /** What the carrier works with. On the carrier. */
  Workspace workspaceOnCarrier() {
    return workspaces.take();
  }

  /** Takes back what a request has worked with. */
  void giveBack(Workspace workspace) {
    switch (workspace.home()) {
      case MAILBOX -> {
        workspace.reset();
        mailbox.release();
      }
      case CARRIER -> workspaces.giveBack(workspace);
      default -> workspace.giveBack();
    }
  }

  Mailbox mailbox() {
    return mailbox;
  }

  /**
   * Writes a request and has it carried out. Nested ones come in until the very end: exit functions
   * may make some. The caller closes it, whatever comes.
   */
  public void carryOut(Exchange exchange) {
    exchange.write();
    if (carrier.isCurrentThread()) {
      admitNested();
      exchange.nest(carrier);
      return;
    }
    if (exchange.isIn(mailbox) && carrier.hasNothingQueued()) {
      enter(exchange);
    } else {
      queue(exchange);
    }
    exchange.await(mailbox);
  }

  /**
   * Writes a request, puts it into the queue and returns at once. If that fails, the exchange is
   * closed, unless it is in the queue already: then the caller cancels it.
   */
  public void submit(Exchange exchange) {
    try {
      exchange.write();
      queue(exchange);
    } finally {
      if (exchange.way != Exchange.Way.QUEUE) {
        try {
          exchange.close();
        } finally {
          if (!exchange.closed) {
            boolean isNoted = false;
            try {
              synchronized (unclosed) {
                exchange.olderUnclosed = unclosed.newest;
                unclosed.newest = exchange;
                isNoted = true;
              }
            } catch (StackOverflowError full) {
              if (!isNoted) {
                exchange.olderUnclosed = unclosed.newest;
                unclosed.newest = exchange;
              }
            }
          }
        }
      }
    }
  }

  private void queue(Exchange exchange) {
    exchange.pack();
    enter(exchange);
  }

  private void enter(Work work) {
    handOver(work);
    carrier.wake();
  }

  /**
   * Lets work in and puts it where it goes. Where that fails, the places are given back without a
   * call of a method: the stack may be full.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // where there is no stack for a monitor
  private void handOver(Work work) {
    boolean hasEntered = false;
    boolean mayWait = false;
    try {
      hasEntered = intake.enter();
      if (!hasEntered) {
        throw closed();
      }
      mayWait = bound.enter();
      if (!mayWait) {
        // One of the places may be that of a call whose close is left to a carrier.
        carrier.wake();
        throw full();
      }
      work.put(carrier);
      hasEntered = false;
      mayWait = false;
    } finally {
      if (hasEntered) {
        boolean isCounted = false;
        try {
          synchronized (intake) {
            intake.withdrawn++;
            isCounted = true;
          }
        } catch (StackOverflowError full) {
          if (!isCounted) {
            intake.withdrawn++;
          }
        }
      }
      if (mayWait) {
        boolean isCounted = false;
        try {
          synchronized (bound) {
            bound.withdrawn++;
            isCounted = true;
          }
        } catch (StackOverflowError full) {
          if (!isCounted) {
            bound.withdrawn++;
          }
        }
      }
    }
  }

  /** Has work done and waits for its end. */
  public void run(Work work) {
    if (carrier.isCurrentThread()) {
      admitNested();
      carrier.runNested(work);
    } else {
      enter(work);
      await(work);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // as in handOver
  private void await(Work work) {
    Handover.Owner owner = null;
    try {
      owner = work.spin() ? Handover.Owner.CALLER : work.sleep(limit());
    } finally {
      if (owner == null) {
        owner = work.abandon();
      }
      if (owner == Handover.Owner.ABANDONER) {
        // As takenBack, but without a call: the stack may be full.
        boolean isCounted = false;
        try {
          synchronized (bound) {
            bound.withdrawn++;
            isCounted = true;
          }
        } catch (StackOverflowError full) {
          if (!isCounted) {
            bound.withdrawn++;
          }
        }
      }
    }
    if (owner != Handover.Owner.CALLER) {
      throw gaveUp();
    }
  }

  /** Has a request carried out whose result nobody wants. */
  public void run(Exchange exchange) {
    Object unused = run(exchange, Object.class);
  }

  /** Has a request carried out and converts its result. */
  public <T> @Nullable T run(Exchange exchange, Class<T> type) {
    return finish(exchange.wanting(type), new Conversion<>(type));
  }

  /** Has a request carried out and reads its reply. */
  public <T extends @Nullable Object> T run(Exchange exchange, Exchange.Reader<T> reader) {
    return finish(
        exchange,
        begun -> {
          carryOut(begun);
          return reader.read(begun);
        });
  }

  /** A first call has one, and the first lambda of a JVM takes it milliseconds. */
  private final class Conversion<T> implements Exchange.Reader<@Nullable T> {

    private final Class<T> type;

    Conversion(Class<T> type) {
      this.type = type;
    }

    @Override
    @SuppressWarnings(
        "NullAway") // without JSpecify mode, on JDK 17, it overlooks the type argument
    public @Nullable T read(Exchange begun) {
      carryOut(begun);
      return cast(begun.value(type));
    }
  }

  /** Reads a reply, and closes the exchange whatever comes. */
  public <T extends @Nullable Object> T finish(Exchange exchange, Exchange.Reader<T> reader) {
    try {
      return reader.read(exchange);
    } finally {
      try {
        exchange.close();
      } finally {
        if (!exchange.closed) {
          boolean isNoted = false;
          try {
            synchronized (unclosed) {
              exchange.olderUnclosed = unclosed.newest;
              unclosed.newest = exchange;
              isNoted = true;
            }
          } catch (StackOverflowError full) {
            if (!isNoted) {
              exchange.olderUnclosed = unclosed.newest;
              unclosed.newest = exchange;
            }
          }
        }
      }
    }
  }

  /** The decoder has converted it; Class.cast would refuse primitives' classes. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public static <T> @Nullable T cast(@Nullable Object value) {
    return (T) value;
  }

  /** How many calls have been let in and have not ended; a snapshot. */
  public long waitingCalls() {
    return intake.count();
  }

  /**
   * Nested calls come in until the very end, since exit functions may make some; but not within a
   * call that has been cancelled, which would go on with them.
   */
  private void admitNested() {
    if (!life.takesNestedCalls()) {
      throw closed();
    }
    RuntimeException refusal = carrier.isInCall() ? life.refusal() : null;
    if (refusal != null) {
      throw refusal;
    }
  }

  private QueueFullException full() {
    return new QueueFullException(
        "The interpreter '%s' has %d calls that wait, as many as InterpreterOptions.maximumWaitingCalls lets: make fewer calls at a time, cancel those whose results nobody needs, spread them over more interpreters, or raise the bound."
            .formatted(interpreter.name(), bound.most()));
  }

  /** Until when a call that is made now may wait; {@code null} for ever. */
  @Nullable Deadline limit() {
    return JvmExit.limit(life.timeouts());
  }

  /** What a caller throws that did not wait to the end. */
  CallCancelledException gaveUp() {
    return Thread.currentThread().isInterrupted()
        ? new CallCancelledException(
            "The thread was interrupted while it waited for a call; a call that had begun goes on"
                + " in Python and its result is dropped.")
        : JvmExit.tooLate(interpreter.name(), life.timeouts());
  }

  /** Says that a call does not wait in the queue any more, since it was given up. */
  void takenBack() {
    bound.leave();
  }

  boolean isCarriedHere() {
    return carrier.isCurrentThread();
  }

  /** Gives back what a reply refers to that nobody reads to its end. On the carrier. */
  void drop(Exchange exchange) {
    exchange.drop(carrier);
  }

  /** Leaves an exchange to the carrier, which drops it. */
  void leave(Exchange exchange) {
    releases.add(exchange);
  }

  /** Makes the carrier look for what was left to it; if that has gone, what can be done is done. */
  void haveDropped() {
    carrier.wake();
    if (life.hasEnded()) {
      releases.forget();
    }
  }

  /** What a call throws that comes too late. */
  InterpreterClosedException closed() {
    return new InterpreterClosedException(
        "The interpreter '%s' is %s and takes no more calls: make another one."
            .formatted(interpreter.name(), life.hasEnded() ? "closed" : "closing"));
  }
}

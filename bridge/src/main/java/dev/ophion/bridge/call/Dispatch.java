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
  }

  Target target() {
    return interpreter;
  }

  /** What a new request works with whose thread waits for its end and closes it. */
  Workspace workspaceToWait() {
    if (carrier.isCurrentThread()) {
      return workspaces.take();
    }
    return mailbox.tryClaim() ? mailbox.workspace() : Workspace.borrow(interpreter);
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
   * Has a request carried out. Nested ones come in until the very end: exit functions may make
   * some. The caller closes it, whatever comes.
   */
  public void carryOut(Exchange exchange) {
    if (carrier.isCurrentThread()) {
      admitNested();
      exchange.nest(carrier);
      return;
    }
    if (exchange.isIn(mailbox) && carrier.hasNothingQueued()) {
      enter(exchange);
    } else {
      submit(exchange);
    }
    exchange.await(mailbox);
  }

  /** Puts a request into the queue and returns at once. */
  public void submit(Exchange exchange) {
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
        throw full();
      }
      work.put(carrier);
      hasEntered = false;
      mayWait = false;
    } finally {
      if (hasEntered) {
        synchronized (intake) {
          intake.withdrawn++;
        }
      }
      if (mayWait) {
        synchronized (bound) {
          bound.withdrawn++;
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

  private void await(Work work) {
    Handover.Owner owner = Handover.Owner.CARRIER;
    try {
      owner = work.spin() ? Handover.Owner.CALLER : work.sleep(limit());
    } catch (Throwable failure) {
      if (work.abandon() == Handover.Owner.ABANDONER) {
        takenBack();
      }
      throw failure;
    }
    if (owner == Handover.Owner.ABANDONER) {
      takenBack();
    }
    if (owner != Handover.Owner.CALLER) {
      throw gaveUp();
    }
  }

  /** Has a request carried out whose result nobody wants. */
  public void run(Exchange exchange) {
    try (exchange) {
      carryOut(exchange);
      exchange.value(Object.class);
    }
  }

  /** Has a request carried out and converts its result. */
  public <T> @Nullable T run(Exchange exchange, Class<T> type) {
    try (exchange) {
      carryOut(exchange.wanting(type));
      return cast(exchange.value(type));
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

  /** Gives back what a reply refers to that nobody reads to its end, and closes the exchange. */
  void drop(Exchange exchange) {
    if (carrier.isCurrentThread()) {
      exchange.drop(carrier);
      return;
    }
    life.releases().add(exchange);
    carrier.wake();
    if (life.hasEnded()) {
      life.releases().forget();
    }
  }

  /** What a call throws that comes too late. */
  InterpreterClosedException closed() {
    return new InterpreterClosedException(
        "The interpreter '%s' is %s and takes no more calls: make another one."
            .formatted(interpreter.name(), life.hasEnded() ? "closed" : "closing"));
  }
}

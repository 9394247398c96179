package dev.ophion.bridge.interpreter;

import dev.ophion.CallCancelledException;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterState;
import dev.ophion.QueueFullException;
import org.jspecify.annotations.Nullable;

/**
 * How calls of any thread get to the carrier of one interpreter: within what it does, through the
 * mailbox, or through the queue; and what they work with on the way. Thread-safe.
 */
final class Dispatch {

  private final HostedInterpreter interpreter;
  private final Lifecycle lifecycle;
  private final Carrier carrier;
  private final Mailbox mailbox;
  private final QueueBound bound;
  private final WorkspaceStack workspaces;

  Dispatch(
      HostedInterpreter interpreter,
      Lifecycle lifecycle,
      Carrier carrier,
      Mailbox mailbox,
      QueueBound bound) {
    this.interpreter = interpreter;
    this.lifecycle = lifecycle;
    this.carrier = carrier;
    this.mailbox = mailbox;
    this.bound = bound;
    workspaces = new WorkspaceStack(interpreter);
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
  void carryOut(Exchange exchange) {
    if (carrier.isCurrentThread()) {
      admitNested();
      exchange.nest(carrier);
      return;
    }
    if (exchange.isIn(mailbox) && carrier.hasNothingQueued()) {
      post(exchange);
    } else {
      submit(exchange);
    }
    exchange.await(mailbox);
  }

  private void post(Exchange exchange) {
    handOver(exchange, mailbox);
    carrier.wake();
  }

  /** Puts a request into the queue and returns at once. */
  void submit(Exchange exchange) {
    exchange.pack();
    enqueue(exchange);
  }

  private void enqueue(Call call) {
    handOver(call, null);
    carrier.wake();
  }

  /**
   * Lets a call in and puts it into the mailbox, or into the queue if there is none. Where that
   * fails, the places are given back without a call of a method: the stack may be full.
   */
  private void handOver(Call call, @Nullable Mailbox way) {
    Intake intake = lifecycle.progress().intake();
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
      if (way == null) {
        call.queued();
        carrier.add(call);
      } else {
        ((Exchange) call).post(way);
      }
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

  /** Has a call run and waits for its end. */
  void run(Call call) {
    if (carrier.isCurrentThread()) {
      admitNested();
      carrier.runNested(call);
    } else {
      enqueue(call);
      await(call);
    }
  }

  private void await(Call call) {
    Handover.Owner owner = Handover.Owner.CARRIER;
    try {
      owner = call.spin() ? Handover.Owner.CALLER : call.sleep(JvmExit.limit(interpreter.setup()));
    } catch (Throwable failure) {
      if (call.abandon() == Handover.Owner.ABANDONER) {
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

  /** How many calls have been let in and have not ended; a snapshot. */
  long waitingCalls() {
    return lifecycle.progress().intake().count();
  }

  /**
   * Nested calls come in until the very end, since exit functions may make some; but not within a
   * call that has been cancelled, which would go on with them.
   */
  private void admitNested() {
    if (!lifecycle.progress().stage().takesNestedCalls()) {
      throw closed();
    }
    RuntimeException refusal = carrier.isInCall() ? lifecycle.refusal() : null;
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
    return JvmExit.limit(interpreter.setup());
  }

  /** What a caller throws that did not wait to the end. */
  CallCancelledException gaveUp() {
    return Thread.currentThread().isInterrupted()
        ? new CallCancelledException(
            "The thread was interrupted while it waited for a call; a call that had begun goes on"
                + " in Python and its result is dropped.")
        : JvmExit.tooLate(interpreter.setup());
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
    lifecycle.releases().add(exchange);
    carrier.wake();
    if (lifecycle.progress().stage().isEnd()) {
      lifecycle.releases().forget();
    }
  }

  /** What a call throws that comes too late. */
  InterpreterClosedException closed() {
    return new InterpreterClosedException(
        "The interpreter '%s' is %s and takes no more calls: make another one."
            .formatted(
                interpreter.name(),
                interpreter.state() == InterpreterState.CLOSING ? "closing" : "closed"));
  }
}

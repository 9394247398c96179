package dev.ophion.bridge.interpreter;

import dev.ophion.Access;
import dev.ophion.AsyncInterpreter;
import dev.ophion.CallCancelledException;
import dev.ophion.ClosePolicy;
import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterState;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.PythonException;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.StartException;
import dev.ophion.bridge.image.Image;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.memory.PinOwner;
import dev.ophion.bridge.transfer.Moving;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An interpreter of either isolation. Thread-safe. */
public final class HostedInterpreter implements Interpreter, PinOwner {

  /** How long a close gives the end of an interpreter before it looks whether memory is lent. */
  private static final Duration LAST_STEPS = Duration.ofMillis(20);

  private static final Logger LOG = LoggerFactory.getLogger(HostedInterpreter.class);

  private final InterpreterSetup setup;
  private final Lifecycle lifecycle;
  private final Visitors visitors = new Visitors();
  private final Workplaces workplaces = new Workplaces(this);
  private final Carrier carrier;
  private final AsyncInterpreter async = new HostedAsyncInterpreter(this);
  private final Requests requests = new Requests(this, true);

  HostedInterpreter(InterpreterRegistry registry, Image image, InterpreterSetup setup) {
    this.setup = setup;
    lifecycle = new Lifecycle(setup, image, visitors, () -> registry.remove(this));
    carrier =
        new Carrier(
            setup.name(), setup.options().stackSizeBytes(), lifecycle, workplaces.mailbox());
  }

  /**
   * Starts the carrier and waits for the interpreter to run.
   *
   * @throws dev.ophion.StartException if CPython cannot create it or its start code raises
   */
  public void start() {
    try {
      Starting.await(setup.name(), carrier.start());
    } catch (RuntimeException failure) {
      // Its name is free afterwards, unless start code left something behind that does not end.
      Waiting.forEnd(carrier, lifecycle, setup.closeTimeout());
      throw failure;
    } catch (OutOfMemoryError noThread) {
      lifecycle.neverBegan();
      throw new StartException(
          "The thread of the interpreter '%s' could not be created (%s): ask for a smaller stackSizeBytes than %d, or raise the limit on threads."
              .formatted(name(), noThread.getMessage(), setup.options().stackSizeBytes()),
          noThread);
    } catch (Error failure) {
      lifecycle.neverBegan();
      throw failure;
    }
  }

  long id() {
    return setup.id();
  }

  boolean isCarriedBy(Thread thread) {
    return carrier.isThread(thread);
  }

  @Override
  public String name() {
    return setup.name();
  }

  @Override
  public Isolation isolation() {
    return setup.isolation();
  }

  @Override
  public InterpreterState state() {
    return lifecycle.state();
  }

  @Override
  public AsyncInterpreter async() {
    return async;
  }

  @Override
  public void exec(String source) {
    run(requests.exec(source, Requests.UNNAMED));
  }

  @Override
  public void exec(String source, String fileName) {
    run(requests.exec(source, Requests.requireName(fileName)));
  }

  @Override
  public void exec(Path file) {
    run(requests.exec(file));
  }

  @Override
  public <T> @Nullable T eval(String expression, Class<T> type) {
    return run(requests.eval(expression, Requests.UNNAMED), type);
  }

  @Override
  public <T> @Nullable T eval(String expression, String fileName, Class<T> type) {
    return run(requests.eval(expression, Requests.requireName(fileName)), type);
  }

  @Override
  public void set(String name, @Nullable Object value) {
    run(requests.set(name, value));
  }

  @Override
  public <T> @Nullable T get(String name, Class<T> type) {
    return run(requests.named(Op.GET, name, "the name"), type);
  }

  @Override
  public PythonObject importModule(String name) {
    try {
      return required(
          run(requests.named(Op.IMPORT, name, "the module's name"), PythonObject.class));
    } catch (PythonException failure) {
      throw PythonFailures.promoteRefusal(failure);
    }
  }

  @Override
  public <T> @Nullable T call(String function, Class<T> type, @Nullable Object... arguments) {
    return run(requests.call(function, arguments), type);
  }

  @Override
  public PythonFunction function(String function) {
    return new HostedFunction(
        (HostedObject)
            required(
                run(requests.named(Op.FUNCTION, function, "the function"), PythonObject.class)));
  }

  @Override
  public Payload dump(String expression, Access access) {
    Objects.requireNonNull(access, "the access is null");
    try (Exchange done = exchange(requests.dump(expression))) {
      return done.payload(access);
    }
  }

  @Override
  public void load(String name, Payload payload) {
    run(requests.load(name, payload));
  }

  @Override
  public void move(String name, NdArray array) {
    Moving moving = CallReferences.beginMove(array);
    try {
      run(requests.move(name, moving));
      moving.done(name());
    } catch (CallCancelledException cancelled) {
      // Python may go on with the call and have the memory yet.
      moving.done(name());
      throw cancelled;
    } catch (RuntimeException | Error failure) {
      moving.undone();
      throw failure;
    }
  }

  @Override
  public NdArray take(String name) {
    try (Exchange done = exchange(requests.named(Op.TAKE, name, "the name"))) {
      return done.taken();
    }
  }

  @Override
  public <T> @Nullable T attach(Callable<T> task) throws Exception {
    AttachedTask<T> call = new AttachedTask<>(task);
    hand(call);
    return call.result();
  }

  /** Runs a request whose result nobody wants. */
  void run(Exchange exchange) {
    try (Exchange done = exchange(exchange)) {
      done.value(Object.class);
    }
  }

  /** Runs a request and converts its result. */
  <T> @Nullable T run(Exchange exchange, Class<T> type) {
    try (Exchange done = exchange(exchange)) {
      return cast(done.value(type));
    }
  }

  /** The decoder has converted it; Class.cast would refuse primitives' classes. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <T> @Nullable T cast(@Nullable Object value) {
    return (T) value;
  }

  /** Writes the requests of threads that wait for the end of each. */
  Requests requests() {
    return requests;
  }

  /** What a new request works with that its thread waits for and closes. */
  Bound bindAwaited() {
    return workplaces.takeAwaited(carrier.isCurrentThread());
  }

  /** What a new request works with. */
  Bound bind() {
    return workplaces.take(carrier.isCurrentThread());
  }

  /** Takes back what a request has worked with. */
  void unbind(Bound bound) {
    workplaces.giveBack(bound, carrier.isCurrentThread());
  }

  /** Has a request carried out; the caller closes it. */
  Exchange exchange(Exchange exchange) {
    try {
      admit();
    } catch (RuntimeException refusal) {
      exchange.close();
      throw refusal;
    }
    if (workplaces.isMailboxs(exchange.bound()) && carrier.hasNothingQueued()) {
      Mailbox mailbox = workplaces.mailbox();
      mailbox.post((int) exchange.requestSize());
      carrier.wake();
      mailbox.await(exchange);
    } else {
      handAdmitted(exchange);
    }
    return exchange;
  }

  /** How many calls have been let in and have not ended; a snapshot. */
  long waitingCalls() {
    return lifecycle.intake().count();
  }

  /** Hands a request over and returns at once. */
  void submit(Call call) {
    enter();
    carrier.submit(call);
  }

  private void hand(Call call) {
    admit();
    handAdmitted(call);
  }

  /** Nested calls come in until the very end: exit functions may make some. */
  private void admit() {
    if (!carrier.isCurrentThread()) {
      enter();
    } else if (lifecycle.isSealed()) {
      throw closed();
    }
  }

  private void handAdmitted(Call call) {
    if (carrier.isCurrentThread()) {
      carrier.runNested(call);
    } else {
      carrier.submit(call);
      call.await();
    }
  }

  private void enter() {
    if (!lifecycle.intake().enter()) {
      throw closed();
    }
  }

  InterpreterClosedException closed() {
    return new InterpreterClosedException(
        "The interpreter '%s' is %s and takes no more calls: make another one."
            .formatted(name(), state() == InterpreterState.CLOSING ? "closing" : "closed"));
  }

  /** Whether closing cancels calls; the hint to choose that would be idle then. */
  boolean interruptsCalls() {
    return setup.options().closePolicy() == ClosePolicy.CANCEL;
  }

  /** A call that the close interrupted was cancelled; anything else is what Python raised. */
  RuntimeException explain(PythonException raised) {
    if (interruptsCalls()
        && lifecycle.intake().isClosed()
        && raised.typeName().equals("KeyboardInterrupt")) {
      return new CallCancelledException(
          "The call was interrupted because the interpreter '%s' was closed with ClosePolicy.CANCEL."
              .formatted(name()),
          raised);
    }
    return raised;
  }

  boolean isOpen() {
    return !lifecycle.intake().isClosed();
  }

  static <T> T required(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the engine gave no value");
    }
    return value;
  }

  /** Gives a handle back, a little later, on the carrier. Any thread, any time. */
  void releaseHandle(long handle) {
    if (lifecycle.stage() != Lifecycle.Stage.ENDED) {
      lifecycle.releases().addHandle(handle);
      carrier.wake();
    }
  }

  @Override
  public void releasePin(long pin) {
    if (lifecycle.stage() != Lifecycle.Stage.ENDED) {
      lifecycle.releases().addPin(pin);
      carrier.wake();
    }
  }

  /**
   * Hands on what Python printed; called by native code that has given up the GIL.
   *
   * @param stream 1 for stdout, 2 for stderr
   * @param utf8 the text
   * @return {@code null}, or why it could not be taken
   */
  public @Nullable String written(int stream, byte[] utf8) {
    if (carrier.isCurrentThread()) {
      return carrier.whileDetachedByNative(() -> writeOut(stream, utf8));
    }
    return writeOut(stream, utf8);
  }

  private @Nullable String writeOut(int stream, byte[] utf8) {
    try {
      lifecycle.output().write(stream, utf8);
      return null;
    } catch (RuntimeException failure) {
      // Python gets the text only; the stack trace would be lost.
      LOG.warn("The output's consumer of the interpreter '{}' threw", name(), failure);
      return "the consumer of this interpreter's output threw " + failure;
    }
  }

  /** Shuts the door without waiting. Idempotent. */
  public void beginClose() {
    if (lifecycle.beginClose()) {
      carrier.wake();
      if (interruptsCalls()) {
        Reports.interrupt(carrier, lifecycle, visitors);
      }
    }
  }

  /**
   * Waits until nothing but lent memory holds up the end.
   *
   * @param deadline how long
   * @return whether that came about
   */
  public boolean awaitQuiet(Deadline deadline) {
    return Waiting.uninterrupted(() -> lifecycle.awaitQuiet(deadline));
  }

  @Override
  public void close() {
    beginClose();
    if (carrier.isCurrentThread()) {
      return;
    }
    Deadline deadline = Deadline.in(setup.closeTimeout());
    if (!awaitQuiet(deadline) || !awaitEndUnlessLent(deadline)) {
      throw new CloseTimeoutException(
          Reports.late(this, setup.closeTimeout(), carrier, lifecycle, visitors));
    }
  }

  /** Without lent memory the rest is a matter of milliseconds; the thread is gone afterwards. */
  private boolean awaitEndUnlessLent(Deadline deadline) {
    while (!Waiting.forEnd(carrier, lifecycle, LAST_STEPS)) {
      if (LeaseTable.isLent(this)) {
        return true;
      }
      if (deadline.remainingNanos() <= 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close(Duration timeout) {
    Deadline.requireValid(timeout);
    beginClose();
    if (!carrier.isCurrentThread() && !Waiting.forEnd(carrier, lifecycle, timeout)) {
      throw new CloseTimeoutException(Reports.late(this, timeout, carrier, lifecycle, visitors));
    }
  }

  /** Looks into the interpreter past its queue; see {@link Visitors}. */
  @Nullable Object visit(String function, Object... arguments) {
    return visitors.visit(
        carrier.address(), Deadline.in(Duration.ofSeconds(10)), function, arguments);
  }

  @Override
  public String toString() {
    return "Interpreter[name=%s, state=%s]".formatted(name(), state());
  }
}

package dev.ophion.bridge.interpreter;

import dev.ophion.Access;
import dev.ophion.AsyncInterpreter;
import dev.ophion.CallCancelledException;
import dev.ophion.ClosePolicy;
import dev.ophion.InterpreterState;
import dev.ophion.Isolation;
import dev.ophion.Namespace;
import dev.ophion.NdArray;
import dev.ophion.Output;
import dev.ophion.Payload;
import dev.ophion.PythonException;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.StartException;
import dev.ophion.bridge.call.Dispatch;
import dev.ophion.bridge.call.Exchange;
import dev.ophion.bridge.call.HandleClaim;
import dev.ophion.bridge.call.Mailbox;
import dev.ophion.bridge.call.Requests;
import dev.ophion.bridge.call.Target;
import dev.ophion.bridge.carrier.AttachedTask;
import dev.ophion.bridge.carrier.Carrier;
import dev.ophion.bridge.carrier.QueueBound;
import dev.ophion.bridge.engine.Op;
import dev.ophion.bridge.failure.PythonFailures;
import dev.ophion.bridge.handle.HostedFunction;
import dev.ophion.bridge.handle.HostedObject;
import dev.ophion.bridge.image.Image;
import dev.ophion.bridge.log.LazyLogger;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.output.CallOutputs;
import dev.ophion.bridge.output.LogRecords;
import dev.ophion.bridge.output.OutputStreams;
import dev.ophion.bridge.transfer.Moving;
import dev.ophion.bridge.waiting.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** An interpreter of either isolation. Thread-safe. */
public final class HostedInterpreter implements Target {

  private static final LazyLogger LOG = LazyLogger.of(HostedInterpreter.class);

  private final InterpreterSetup setup;
  private final Lifecycle lifecycle;
  private final Visitors visitors = new Visitors();
  private final Carrier carrier;
  private final Dispatch dispatch;
  private final Closer closer;
  private final AsyncInterpreter async;
  private final Requests requests;
  private final CallOutputs callOutputs;

  HostedInterpreter(InterpreterRegistry registry, Image image, InterpreterSetup setup) {
    this.setup = setup;
    // No lambda, the first of which costs a JVM's start milliseconds.
    Runnable onEnd =
        new Runnable() {
          @Override
          public void run() {
            registry.remove(HostedInterpreter.this);
          }
        };
    lifecycle = new Lifecycle(setup, image, visitors, this, onEnd);
    callOutputs = new CallOutputs(lifecycle.output());
    Mailbox mailbox = new Mailbox(this);
    QueueBound bound = new QueueBound(setup.options().maximumWaitingCalls().orElse(0));
    carrier =
        new Carrier(setup.name(), setup.options().stackSizeBytes(), lifecycle, mailbox, bound);
    dispatch = new Dispatch(this, lifecycle, carrier, mailbox, bound);
    requests = new Requests(dispatch, true);
    async = new HostedAsyncInterpreter(this, null);
    closer = new Closer(this, setup, carrier, lifecycle, visitors);
  }

  /**
   * Starts the carrier and waits for the interpreter to run.
   *
   * @throws dev.ophion.StartException if CPython cannot create it, its start code raises, or its
   *     start timeout passes
   */
  public void start() {
    try {
      Starting.await(setup, closer, carrier.start());
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

  Progress progress() {
    return lifecycle.progress();
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
    return progress().stage().state();
  }

  @Override
  public AsyncInterpreter async() {
    return async;
  }

  @Override
  public Namespace withOutput(Output stdout, Output stderr) {
    OutputStreams streams = CallOutputs.of(stdout, stderr);
    return streams == null ? this : new CapturingNamespace(this, streams);
  }

  /** Where the output of single calls goes. */
  CallOutputs callOutputs() {
    return callOutputs;
  }

  @Override
  public void exec(String source) {
    dispatch.run(requests.exec(source, Requests.UNNAMED));
  }

  @Override
  public void exec(String source, String fileName) {
    dispatch.run(requests.exec(source, Requests.requireName(fileName)));
  }

  @Override
  public void exec(Path file) {
    dispatch.run(requests.exec(file));
  }

  @Override
  public <T> @Nullable T eval(String expression, Class<T> type) {
    return dispatch.run(requests.eval(expression, Requests.UNNAMED), type);
  }

  @Override
  public <T> @Nullable T eval(String expression, String fileName, Class<T> type) {
    return dispatch.run(requests.eval(expression, Requests.requireName(fileName)), type);
  }

  @Override
  public void set(String name, @Nullable Object value) {
    dispatch.run(requests.set(name, value));
  }

  @Override
  public <T> @Nullable T get(String name, Class<T> type) {
    return dispatch.run(requests.named(Op.GET, name, "the name"), type);
  }

  @Override
  public PythonObject importModule(String name) {
    try {
      return required(
          dispatch.run(requests.named(Op.IMPORT, name, "the module's name"), PythonObject.class));
    } catch (PythonException failure) {
      throw PythonFailures.promoteRefusal(failure);
    }
  }

  @Override
  public <T> @Nullable T call(String function, Class<T> type, @Nullable Object... arguments) {
    return dispatch.run(requests.call(function, arguments), type);
  }

  @Override
  public PythonFunction function(String function) {
    return new HostedFunction(
        (HostedObject)
            required(
                dispatch.run(
                    requests.named(Op.FUNCTION, function, "the function"), PythonObject.class)));
  }

  @Override
  public Payload dump(String expression, Access access) {
    Objects.requireNonNull(access, "the access is null");
    return dispatch.run(requests.dump(expression), done -> done.payload(access));
  }

  @Override
  public void load(String name, Payload payload) {
    dispatch.run(requests.load(name, payload));
  }

  @Override
  public void move(String name, NdArray array) {
    Moving moving = Requests.beginMove(array);
    Exchange exchange = null;
    try {
      exchange = requests.move(name, moving);
      dispatch.run(exchange);
      moving.done(name());
    } catch (CallCancelledException cancelled) {
      // Python may go on with the call and have the memory yet.
      moving.done(name());
      throw cancelled;
    } catch (RuntimeException failure) {
      moving.undone();
      throw failure;
    } catch (Error failure) {
      if (exchange != null && exchange.mayHaveBegun()) {
        moving.done(name());
      } else {
        moving.undone();
      }
      throw failure;
    }
  }

  @Override
  public NdArray take(String name) {
    return dispatch.run(requests.named(Op.TAKE, name, "the name"), Exchange::taken);
  }

  @Override
  public <T> @Nullable T attach(Callable<T> task) throws Exception {
    AttachedTask<T> call = new AttachedTask<>(task);
    dispatch.run(call);
    return call.result();
  }

  @Override
  public Requests requests() {
    return requests;
  }

  InterpreterSetup setup() {
    return setup;
  }

  @Override
  public Dispatch dispatch() {
    return dispatch;
  }

  @Override
  public PythonObject newHandle(long id, String typeName) {
    return new HostedObject(this, id, typeName);
  }

  /** A call that the close interrupted was cancelled; anything else is what Python raised. */
  @Override
  public RuntimeException explain(PythonException raised) {
    if (progress().isCancelled() && raised.typeName().equals("KeyboardInterrupt")) {
      return new CallCancelledException(
          "The call was interrupted because the interpreter '%s' was closed with ClosePolicy.CANCEL."
              .formatted(name()),
          raised);
    }
    return raised;
  }

  @Override
  public boolean isOpen() {
    return !progress().intake().isClosed();
  }

  static <T> T required(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the engine gave no value");
    }
    return value;
  }

  @Override
  public void giveBack(HandleClaim handle) {
    if (!progress().stage().isEnd()) {
      lifecycle.releases().add(handle);
      try {
        carrier.wake();
      } catch (StackOverflowError full) {
        // What was added is seen at the next call, or when the interpreter is closed. Not thrown:
        // who gives it back again would put it in twice.
      }
    }
  }

  @Override
  public void takeBack(Lease lease) {
    if (!progress().stage().isEnd()) {
      lifecycle.releases().add(lease);
      try {
        carrier.wake();
      } catch (StackOverflowError full) {
        // As above.
      }
    }
  }

  @Override
  public boolean hasForgotten() {
    return progress().hasForgotten();
  }

  /**
   * Hands on what Python printed; called by native code that has given up the GIL.
   *
   * @param stream 1 for stdout, 2 for stderr
   * @param utf8 the text
   * @return {@code null}, or why it could not be taken
   */
  public @Nullable String written(int stream, byte[] utf8) {
    return Carrier.whileDetachedByNative(() -> writeOut(stream, utf8));
  }

  /**
   * Whether a record of Python's {@code logging} is wanted; called as {@link #written}.
   *
   * @param level Python's level
   * @param logger the logger's name
   * @return whether SLF4J takes it
   */
  public boolean isLogged(int level, String logger) {
    return Carrier.whileDetachedByNative(() -> LogRecords.isWanted(level, logger));
  }

  /**
   * Takes a record of Python's {@code logging}; called as {@link #written}.
   *
   * @param level Python's level
   * @param entry see {@link LogRecords#log}
   * @return {@code null}: what a logger throws is the caller's
   */
  public @Nullable String logged(int level, byte[] entry) {
    return Carrier.whileDetachedByNative(
        () -> {
          LogRecords.log(level, entry);
          return null;
        });
  }

  private @Nullable String writeOut(int stream, byte[] utf8) {
    try {
      callOutputs.write(stream, utf8);
      return null;
    } catch (RuntimeException failure) {
      // Python gets the text only; the stack trace would be lost.
      LOG.get().warn("The output's consumer of the interpreter '{}' threw", name(), failure);
      return "the consumer of this interpreter's output threw " + failure;
    }
  }

  /**
   * Returns what closes it.
   *
   * @return thread-safe
   */
  public Closer closer() {
    return closer;
  }

  @Override
  public void close() {
    closer.close();
  }

  @Override
  public void close(Duration timeout) {
    closer.close(timeout);
  }

  @Override
  public void close(ClosePolicy policy, Duration timeout) {
    closer.close(policy, timeout);
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

package dev.ophion.bridge.interpreter;

import dev.ophion.Access;
import dev.ophion.AsyncInterpreter;
import dev.ophion.NdArray;
import dev.ophion.Output;
import dev.ophion.Payload;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.call.Dispatch;
import dev.ophion.bridge.call.Exchange;
import dev.ophion.bridge.call.Requests;
import dev.ophion.bridge.engine.Op;
import dev.ophion.bridge.failure.PythonFailures;
import dev.ophion.bridge.failure.Submission;
import dev.ophion.bridge.output.CallOutputs;
import dev.ophion.bridge.output.OutputStreams;
import dev.ophion.bridge.waiting.Deadline;
import dev.ophion.bridge.waiting.JvmExit;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls without waiting. Thread-safe. */
final class HostedAsyncInterpreter implements AsyncInterpreter {

  private final HostedInterpreter interpreter;
  private final Requests uncaptured;

  /** Where its calls print, if not where the interpreter does. */
  private final @Nullable OutputStreams output;

  HostedAsyncInterpreter(HostedInterpreter interpreter, @Nullable OutputStreams output) {
    this.interpreter = interpreter;
    this.output = output;
    uncaptured = new Requests(interpreter.dispatch(), false);
  }

  @Override
  public AsyncInterpreter withOutput(Output stdout, Output stderr) {
    OutputStreams streams = CallOutputs.of(stdout, stderr);
    return new HostedAsyncInterpreter(interpreter, streams == null ? output : streams);
  }

  @Override
  public CompletableFuture<@Nullable Void> exec(String source) {
    return submit(requests -> requests.exec(source, Requests.UNNAMED), Void.class);
  }

  @Override
  public CompletableFuture<@Nullable Void> exec(String source, String fileName) {
    return submit(requests -> requests.exec(source, Requests.requireName(fileName)), Void.class);
  }

  @Override
  public CompletableFuture<@Nullable Void> exec(Path file) {
    return submit(requests -> requests.exec(file), Void.class);
  }

  @Override
  public <T> CompletableFuture<@Nullable T> eval(String expression, Class<T> type) {
    return submit(requests -> requests.eval(expression, Requests.UNNAMED), type);
  }

  @Override
  public <T> CompletableFuture<@Nullable T> eval(
      String expression, String fileName, Class<T> type) {
    return submit(requests -> requests.eval(expression, Requests.requireName(fileName)), type);
  }

  @Override
  public CompletableFuture<@Nullable Void> set(String name, @Nullable Object value) {
    return submit(requests -> requests.set(name, value), Void.class);
  }

  @Override
  public <T> CompletableFuture<@Nullable T> get(String name, Class<T> type) {
    return submit(requests -> requests.named(Op.GET, name, "the name"), type);
  }

  @Override
  public CompletableFuture<PythonObject> importModule(String name) {
    return submit(
        requests -> requests.named(Op.IMPORT, name, "the module's name"),
        done -> {
          try {
            return HostedInterpreter.required((PythonObject) done.value(PythonObject.class));
          } catch (PythonException failure) {
            throw PythonFailures.promoteRefusal(failure);
          }
        });
  }

  @Override
  public <T> CompletableFuture<@Nullable T> call(
      String function, Class<T> type, @Nullable Object... arguments) {
    return submit(requests -> requests.call(function, arguments), type);
  }

  @Override
  public CompletableFuture<Payload> dump(String expression, Access access) {
    Objects.requireNonNull(access, "the access is null");
    return submit(requests -> requests.dump(expression), done -> done.payload(access));
  }

  @Override
  public CompletableFuture<@Nullable Void> load(String name, Payload payload) {
    return submit(requests -> requests.load(name, payload), Void.class);
  }

  @SuppressWarnings("NullAway") // without JSpecify mode, on JDK 17, it overlooks the type argument
  private <T> CompletableFuture<@Nullable T> submit(
      Function<Requests, Exchange> request, Class<T> type) {
    return this.<@Nullable T>submit(
        requests -> request.apply(requests).wanting(type), done -> Dispatch.cast(done.value(type)));
  }

  private <T extends @Nullable Object> CompletableFuture<T> submit(
      Function<Requests, Exchange> request, Exchange.Reader<T> reader) {
    CallOutputs.Receiver receiver = output == null ? null : interpreter.callOutputs().open(output);
    Exchange exchange = null;
    try {
      Submission submission = Submission.here(interpreter.dispatch().waitingCalls());
      exchange = request.apply(uncaptured.capturedBy(receiver));
      FutureOf<T> future = new FutureOf<>(exchange);
      if (receiver != null) {
        // However it ends; also if it is cancelled, so that nobody waits for the output.
        CompletableFuture<?> unused =
            future.whenComplete((result, failure) -> interpreter.callOutputs().close(receiver));
      }
      exchange.whenDone(
          () -> Completions.EXECUTOR.execute(() -> complete(future, reader, submission)));
      interpreter.dispatch().submit(exchange);
      if (JvmExit.hasBegun()) {
        future.expireAfter(interpreter.setup());
      }
      return future;
    } catch (Throwable failure) {
      if (exchange != null) {
        boolean unused = exchange.cancel();
      }
      if (receiver != null) {
        interpreter.callOutputs().close(receiver);
      }
      if (failure instanceof RuntimeException) {
        return CompletableFuture.failedFuture(failure);
      }
      throw failure;
    }
  }

  private <T extends @Nullable Object> void complete(
      FutureOf<T> future, Exchange.Reader<T> reader, @Nullable Submission submission) {
    if (!future.isCompleting.compareAndSet(false, true)) {
      return;
    }
    Exchange exchange = future.exchange;
    exchange.collect();
    try {
      // Lets go of the arguments too: whoever has the result finds them released.
      T result = interpreter.dispatch().finish(exchange, reader);
      if (!future.complete(result)) {
        giveBack(result);
      }
    } catch (Throwable failure) {
      future.completeExceptionally(Submission.continued(failure, submission));
    }
  }

  /** Closes a result that nobody takes. */
  private static void giveBack(@Nullable Object result) {
    if (result instanceof Payload payload) {
      payload.close();
    } else if (result instanceof NdArray array) {
      array.close();
    } else if (result instanceof PythonObject handle) {
      handle.close();
    }
  }

  /** Takes its call out of the queue when it is cancelled. */
  private static final class FutureOf<T extends @Nullable Object> extends CompletableFuture<T> {

    private final Exchange exchange;

    /** A pool that gets no thread may throw with the task in its queue, and is asked again then. */
    private final AtomicBoolean isCompleting = new AtomicBoolean();

    FutureOf(Exchange exchange) {
      this.exchange = exchange;
    }

    /** A shutdown hook may wait for it. */
    void expireAfter(InterpreterSetup setup) {
      long nanos = Deadline.nanos(setup.timeouts().exit());
      CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Completions.EXECUTOR)
          .execute(
              () -> {
                if (exchange.cancel()) {
                  completeExceptionally(JvmExit.tooLate(setup.name(), setup.timeouts()));
                }
              });
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean unused = exchange.cancel();
      return super.cancel(mayInterruptIfRunning);
    }
  }
}

package dev.ophion.hosted;

import dev.ophion.CallCancelledException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.InterpreterOptions;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.PythonOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The main class of a JVM that calls Python while it exits; its arguments say how. */
final class ShutdownJvm {

  static final int CODE = 7;

  /** Of calls that nothing will let come back: short, so that tests need not wait for long. */
  private static final Duration IN_VAIN = Duration.ofMillis(1_500);

  /** Of what comes to its end, on a machine that has much else to do as well. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int WORKERS = 4;

  /** Far more than is there to do. */
  private static final int DRAIN_SECONDS = 60;

  private ShutdownJvm() {}

  /**
   * Exits.
   *
   * @param arguments what to do, and whether the runtime closes interpreters
   */
  public static void main(String... arguments) throws Exception {
    boolean closes = Boolean.parseBoolean(arguments[1]);
    boolean isInVain =
        List.of("a hook calls", "a hook runs what never ends").contains(arguments[0]);
    Python runtime =
        Python.start(
            PythonOptions.builder()
                .closeTimeout(isInVain ? IN_VAIN : PATIENCE)
                .shutdownHook(closes)
                .build());
    switch (arguments[0]) {
      case "a hook calls" -> callInHook(runtime);
      case "a hook starts and calls" -> startInHook(runtime);
      case "a hook runs what never ends" -> runEndlessInHook(runtime);
      case "a server drains" -> drain(runtime);
      case "halt" -> {
        busy(runtime, "while True: pass");
        Runtime.getRuntime().halt(CODE);
      }
      case "halt in a hook" -> {
        busy(runtime, "while True: pass");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(CODE)));
        System.exit(1);
      }
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static Interpreter open(Python runtime, String name, Output output) {
    return runtime.newInterpreter(InterpreterOptions.builder().name(name).stdout(output).build());
  }

  private static Interpreter busy(Python runtime, String source) throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    Interpreter python = open(runtime, "busy", Output.lines(line -> running.countDown()));
    CompletableFuture<Void> unused = python.async().exec("print('running')\n" + source);
    running.await();
    return python;
  }

  /** Each would wait for ever behind the call that runs. */
  private static void callInHook(Python runtime) throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    Interpreter python = open(runtime, "busy", Output.lines(line -> running.countDown()));
    PythonFunction function = python.function("len");
    PythonObject handle = python.eval("[1].__len__", PythonObject.class);
    CompletableFuture<Void> unused = python.async().exec("print('x')\nwhile True: pass");
    running.await();
    List<Callable<?>> calls =
        List.of(
            () -> python.eval("1 + 1"),
            () -> python.async().eval("1 + 1", Long.class).get(),
            () -> python.async().eval("1 + 1", Long.class).thenApply(sum -> sum + 1).join(),
            () -> python.attach(() -> "attached"),
            () -> function.call(Long.class, List.of(1)),
            () -> handle.call(Long.class),
            () -> python.dump("[1]"));
    for (Callable<?> call : calls) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> tell(call)));
    }
    System.exit(CODE);
  }

  /** Prints one word. */
  private static void tell(Callable<?> call) {
    String outcome;
    try {
      outcome = "came back with " + call.call();
    } catch (Exception failure) {
      Throwable cause =
          failure instanceof ExecutionException || failure instanceof CompletionException
              ? failure.getCause()
              : failure;
      outcome =
          cause instanceof CallCancelledException || cause instanceof InterpreterClosedException
              ? "refused"
              : cause.toString();
    }
    System.out.println(outcome);
  }

  private static void startInHook(Python runtime) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () ->
                    tell(
                        () -> {
                          try (Interpreter late = open(runtime, "late", Output.inherit())) {
                            return late.eval("6 * 7");
                          }
                        })));
    System.exit(CODE);
  }

  /** The call gets its turn, and is waited for no longer than others. */
  private static void runEndlessInHook(Python runtime) {
    Interpreter python = open(runtime, "endless", Output.inherit());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () ->
                    tell(
                        () -> {
                          python.exec("while True: pass");
                          return null;
                        })));
    System.exit(CODE);
  }

  /** A server whose requests call Python several times, until the JVM is told to end. */
  private static void drain(Python runtime) throws InterruptedException {
    Interpreter python = open(runtime, "server", Output.inherit());
    python.exec(
        """
        import atexit
        atexit.register(print, 'exit function', flush=True)
        def work(n): return sum(i * i for i in range(n))
        """);
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    AtomicBoolean draining = new AtomicBoolean();
    AtomicInteger done = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    CountDownLatch serving = new CountDownLatch(WORKERS);
    for (int i = 0; i < WORKERS; i++) {
      workers.execute(
          () -> {
            // The last request begins before the drain and goes on in it.
            boolean isLast = false;
            while (!isLast) {
              isLast = draining.get();
              try {
                for (int call = 0; call < 20; call++) {
                  python.call("work", Long.class, 3_000);
                }
                done.incrementAndGet();
              } catch (RuntimeException failure) {
                failed.incrementAndGet();
              }
              serving.countDown();
            }
          });
    }
    serving.await();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  draining.set(true);
                  workers.shutdown();
                  boolean drained = await(workers);
                  runtime.close();
                  System.out.printf(
                      "drained %s, served %s, failed %d%n", drained, done.get() > 0, failed.get());
                }));
    System.out.println("serving");
  }

  private static boolean await(ExecutorService workers) {
    try {
      return workers.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }
}

package dev.ophion.hosted.misuse;

import dev.ophion.CallCancelledException;
import dev.ophion.ClosePolicy;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterClosedException;
import dev.ophion.NotTransferableException;
import dev.ophion.Output;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is done to interpreters beyond the plain use of things: closes, crowds, depths, lies. */
final class Attacks {

  /** Of what the calls need; see {@link Things}. */
  static final String CODE =
      """
      import ctypes, mmap, sys, time, _thread
      def is_seen(thing):
          # What ctypes.resize and ndarray.resize move from below a memoryview is CPython's and NumPy's
          # hole: only what Java and other interpreters hold is guarded.
          for other in [*store.values(), *globals().values()]:
              try:
                  if isinstance(other, memoryview) and other.obj is thing: return True
              except ValueError: pass  # it was released
          return False
      def resize(key):
          thing = store[key]
          if is_seen(thing):
              pass
          elif isinstance(thing, ctypes.Array):
              ctypes.resize(thing, ctypes.sizeof(thing) + 4096)
          elif isinstance(thing, mmap.mmap):
              thing.resize(2 * len(thing))
          elif isinstance(thing, array.array):
              thing.extend(thing[:8])
              del thing[-8:]
          elif isinstance(thing, bytearray):
              thing.extend(thing[:1])
          elif hasattr(thing, 'resize'):
              import numpy
              old = thing.size
              thing.resize(thing.size + 4096, refcheck=False)
              thing[old:] = thing[0]
      def resizable(key, kind, pattern, size):
          size = 4096 * (1 + size % 9)
          data = bytes([pattern]) * size
          if kind == 0:
              store[key] = (ctypes.c_ubyte * size).from_buffer_copy(data)
          elif kind == 1:
              mapped = mmap.mmap(-1, size)
              mapped[:] = data
              store[key] = mapped
          elif kind == 2:
              store[key] = array.array('B', data)
          elif 'numpy' in sys.modules:
              import numpy
              whole = numpy.full(size, pattern, 'u1')
              store[key] = whole if kind == 3 else whole.reshape(-1, 16)[:, ::2]
          else:
              store[key] = bytearray(data)
      def recur(kind):
          if kind == 0:
              def down(x): return sorted([1, 2], key=lambda y: down(y))
          elif kind == 1:
              class Deep:
                  def __repr__(self): return repr([self])
              def down(x): return repr(Deep())
          elif kind == 2:
              def down(x): return next(map(down, [x]))
          else:
              def down(x): return eval('down(x)', {'down': down, 'x': x})
          try:
              down(1)
          except RecursionError:
              return 'RecursionError'
      def nest(depth):
          thing = []
          for _ in range(depth): thing = [thing]
          return thing
      class Unspeakable(Exception):
          def __str__(self): raise ValueError('no text')
          __repr__ = __str__
          @property
          def __notes__(self): raise KeyError('no notes')
          @property
          def __cause__(self): return 5
      class NamelessKind(type):
          def __getattribute__(cls, name):
              return 5 if name in ('__qualname__', '__module__', '__name__') else (
                  type.__getattribute__(cls, name))
      class Nameless(Exception, metaclass=NamelessKind): pass
      def raise_evil(kind):
          if kind == 0:
              error = SyntaxError('bad')
              error.lineno, error.offset, error.text, error.filename = 'one', [], 5, object()
          elif kind == 1:
              error = SyntaxError('bad', ('f', 1, 1, 'abc', 1, 10**10))
          elif kind == 2:
              error = Unspeakable()
          elif kind == 3:
              error = Nameless()
          elif kind == 4:
              error = ExceptionGroup('many', [ValueError(i) for i in range(500)] + [Unspeakable()])
          elif kind == 5:
              error = ValueError('first')
              for i in range(3000):
                  last, error = error, ValueError('x' * 1000)
                  error.__cause__ = last
          elif kind == 6:
              error = ValueError('\\ud800' * 400_000)
              error.__notes__ = ['n' * 10_000, 5, Unspeakable()] * 100
          elif kind == 7:
              error = SystemExit('5')
          elif kind == 8:
              error = GeneratorExit()
          else:
              error = ValueError('loop')
              error.__context__ = RuntimeError()
              error.__context__.__cause__ = error
          raise error
      def daemon(rounds):
          def work():
              for i in range(rounds):
                  time.sleep(0.001)
                  store.get(i % 6)
          threading.Thread(target=work, daemon=True).start()
      def interrupt_from_thread():
          def work():
              try: _thread.interrupt_main()
              except RuntimeError: pass
          thread = threading.Thread(target=work)
          thread.start()
          thread.join()
      def say(lines):
          for i in range(lines): print('line', i)
          return lines
      def count(n): return n + 1
      def crowd(n): return [object() for _ in range(n)]
      def litter(n):
          for _ in range(n):
              cycle = [bytearray(1000)]
              cycle.append(cycle)
          gc.collect()
      """;

  private static final int PATIENCE_SECONDS = 60;
  private static final int EVIL_KINDS = 10;

  private Attacks() {}

  static void closeCancelling(Things things, Random random) {
    if (random.nextInt(40) == 0) {
      Duration timeout = Duration.ofMillis(random.nextInt(300));
      things.interpreters.any(random).close(ClosePolicy.CANCEL, timeout);
    }
  }

  static void closeInterrupted(Things things, Random random) {
    if (random.nextInt(40) == 0) {
      Interpreter interpreter = things.interpreters.any(random);
      whileInterrupted(() -> interpreter.close(Duration.ofMillis(random.nextInt(100))));
    }
  }

  /** A wait that an interrupt ends gives up its call, which may run all the same. */
  static void callInterrupted(Things things, Random random) {
    Interpreter interpreter = things.interpreters.any(random);
    Thread.currentThread().interrupt();
    try {
      interpreter.call("check", Things.key(random));
    } catch (CallCancelledException expected) {
      // Whether the call is done before its caller has to wait is the machine's affair.
    } finally {
      boolean unused = Thread.interrupted();
    }
  }

  private static void whileInterrupted(Runnable action) {
    Thread.currentThread().interrupt();
    boolean isInterrupted = false;
    try {
      action.run();
    } finally {
      isInterrupted = Thread.interrupted();
    }
    if (!isInterrupted) {
      throw new AssertionError("the interrupt was lost");
    }
  }

  static void crowd(Things things, Random random) throws Exception {
    if (random.nextInt(30) != 0) {
      return;
    }
    Interpreter interpreter = things.interpreters.any(random);
    List<CompletableFuture<@Nullable Long>> calls = new ArrayList<>();
    int size = 1_000 + random.nextInt(2_000);
    for (int i = 0; i < size; i++) {
      calls.add(interpreter.async().call("count", Long.class, i));
    }
    for (int i = random.nextInt(3); i < size; i += 3) {
      calls.get(i).cancel(true);
    }
    for (int i = 0; i < size; i++) {
      awaitCount(calls.get(i), i);
    }
  }

  private static void awaitCount(CompletableFuture<@Nullable Long> call, long before)
      throws Exception {
    if (call.isCancelled()) {
      return;
    }
    try {
      Long after = call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!Objects.equals(after, before + 1)) {
        throw new AssertionError("the call with %d came back with %s".formatted(before, after));
      }
    } catch (ExecutionException failure) {
      Throwable cause = Objects.requireNonNull(failure.getCause());
      boolean isClosed =
          cause instanceof CallCancelledException || cause instanceof InterpreterClosedException;
      boolean isInterrupted =
          cause instanceof PythonException raised && raised.typeName().equals("KeyboardInterrupt");
      if (!isClosed && !isInterrupted) {
        throw failure;
      }
    }
  }

  static void recur(Things things, Random random) {
    if (random.nextInt(10) != 0) {
      return;
    }
    Object ended = things.interpreters.any(random).call("recur", random.nextInt(4));
    if (!"RecursionError".equals(ended)) {
      throw new AssertionError("the recursion ended with " + ended);
    }
  }

  static void sendDeep(Things things, Random random) {
    if (random.nextInt(10) != 0) {
      return;
    }
    Interpreter interpreter = things.interpreters.any(random);
    String expression = "nest(%d)".formatted(1 + random.nextInt(200_000));
    try {
      if (random.nextBoolean()) {
        interpreter.eval(expression);
      } else {
        interpreter.dump(expression).close();
      }
    } catch (PythonException failure) {
      if (!failure.typeName().equals("RecursionError")) {
        throw failure;
      }
    }
  }

  /** What comes of an exception can be looked at in every way. */
  static void raiseEvil(Things things, Random random) {
    int kind = random.nextInt(EVIL_KINDS);
    Interpreter interpreter = things.interpreters.any(random);
    try {
      interpreter.call("raise_evil", kind);
    } catch (PythonException raised) {
      StringWriter text = new StringWriter();
      raised.printStackTrace(new PrintWriter(text));
      if (text.getBuffer().length() > 50_000_000) {
        throw new AssertionError("an exception has %d letters".formatted(text.toString().length()));
      }
      return;
    }
    throw new AssertionError("kind " + kind + " was not raised");
  }

  static void beginDaemon(Things things, Random random) {
    things.interpreters.any(random).call("daemon", random.nextInt(100));
  }

  static void interruptMain(Things things, Random random) {
    if (random.nextInt(10) == 0) {
      things.interpreters.any(random).call("interrupt_from_thread");
    }
  }

  static void capture(Things things, Random random) {
    List<String> seen = new CopyOnWriteArrayList<>();
    Interpreter interpreter = things.interpreters.any(random);
    Object said =
        interpreter
            .withOutput(Output.lines(seen::add), Output.inherit())
            .call("say", random.nextInt(5));
    if (!Objects.equals(said, (long) seen.size())) {
      throw new AssertionError(said + " lines were said, and heard: " + seen);
    }
  }

  static void resize(Things things, Random random) {
    Interpreter interpreter = things.interpreters.any(random);
    if (random.nextBoolean()) {
      interpreter.call("resize", Things.key(random));
    } else {
      int size = random.nextInt(200_000);
      int pattern = 1 + random.nextInt(120);
      interpreter.call("resizable", Things.key(random), random.nextInt(5), pattern, size);
    }
  }

  /** Garbage of both sides, with handles among it that nobody closes. */
  static void litter(Things things, Random random) {
    if (random.nextInt(10) != 0) {
      return;
    }
    Interpreter interpreter = things.interpreters.any(random);
    for (int i = 0; i < 20; i++) {
      Object dropped = interpreter.call("crowd", 10);
      if (!(dropped instanceof List<?> list) || !(list.get(9) instanceof PythonObject)) {
        throw new AssertionError("objects came as " + dropped);
      }
      try {
        interpreter.dump("store").close();
      } catch (NotTransferableException expected) {
        // Something is stored there that cannot be sent.
      }
    }
    interpreter.call("litter", 100);
    System.gc();
  }
}

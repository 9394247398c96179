package dev.ophion.hosted.misuse;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What the threads share, in slots that anybody fills. What is pushed out of a slot is closed by
 * some and left to the garbage collector by others, as it happens.
 *
 * <p>All memory is filled with one byte, which is never 0: what is read must be uniform.
 */
final class Things implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String START_CODE =
      """
      import array, ctypes, dataclasses, enum, gc, threading
      store = {}
      def make(key, kind, pattern, size):
          data = bytes([pattern]) * size
          store[key] = (
              bytearray(data) if kind == 0 else data if kind == 1 else
              array.array('q', data[:size // 8 * 8]) if kind == 2 else
              memoryview(bytearray(data))[::3] if kind == 3 else
              {'rows': [bytearray(data), data], 'n': size})
      def keep(key, thing): store[key] = thing
      def give(key): return store[key]
      def view(key): return memoryview(store[key])
      def slice(key, other): store[other] = memoryview(store[key])[1::2]
      def release(key): store[key].release()
      def grow(key):
          thing = store[key]
          thing.extend(thing[:8])
      def write(key):
          thing = memoryview(store[key])
          thing[0] = thing[0]
      def check(key):
          seen = set()
          for thing in store[key]['rows'] if isinstance(store[key], dict) else [store[key]]:
              data = memoryview(thing)
              seen |= set(data.tobytes()[:4096])
          assert len(seen) <= 1 and 0 not in seen, seen
          return len(seen)
      def check_in_thread(key):
          thread = threading.Thread(target=lambda: key in store and check(key))
          thread.start()
          thread.join()
      def forget(key):
          store.pop(key, None)
          gc.collect(0)
      def numbers():
          yield from range(1000)
      def addresses(kind):
          return memoryview(
              (ctypes.py_object * 4)(1, [], 'x', {}) if kind == 0 else
              (ctypes.c_void_p * 4)() if kind == 1 else
              memoryview(bytearray(32)).cast('P') if 'numpy' not in sys.modules else
              memoryview(sys.modules['numpy'].array([1, [], 'x'], object)))
      @dataclasses.dataclass
      class EvilRecord:
          x: int
      EvilRecord.__dataclass_fields__['x'].name = None
      class EvilEnum(enum.Enum):
          A = 1
      EvilEnum.__module__ = 5
      def evil(kind): return (EvilRecord(1), EvilEnum.A)[kind]
      class Holder:
          def __init__(self): self.things = store
          def __len__(self): return len(self.things)
          def __getitem__(self, key): return self.things[key]
          def __iter__(self): return iter(list(self.things))
      holder = Holder()
      """;

  private static final int KEYS = 6;

  final Python python;
  final Slots<Interpreter> interpreters = new Slots<>(5);
  final Slots<Payload> payloads = new Slots<>(6);
  final Slots<NdArray> arrays = new Slots<>(6);
  final Slots<ByteBuffer> buffers = new Slots<>(8);
  final Slots<PythonObject> objects = new Slots<>(4);
  final Slots<PythonFunction> functions = new Slots<>(4);
  final Slots<Iterator<@Nullable Object>> iterators = new Slots<>(3);
  private final AtomicInteger made = new AtomicInteger();
  private final @Nullable Isolation only;
  private final String startCode;

  /**
   * Opens the first interpreters.
   *
   * @param only their isolation; {@code null} for both
   * @param moreStartCode what they run first
   */
  Things(Python python, @Nullable Isolation only, String moreStartCode) {
    this.python = python;
    this.only = only;
    startCode = moreStartCode + START_CODE + Attacks.CODE;
    for (int i = 0; i < 3; i++) {
      open(interpreters, i, i == 0 ? Isolation.IMAGE : Isolation.SUBINTERPRETER);
    }
  }

  static int key(Random random) {
    return random.nextInt(KEYS);
  }

  private void open(Slots<Interpreter> slots, int slot, Isolation isolation) {
    Interpreter opened =
        python.newInterpreter(
            InterpreterOptions.builder()
                .name("misused-" + made.incrementAndGet())
                .isolation(only == null ? isolation : only)
                .startCode(startCode)
                .build());
    Interpreter pushed = slots.swap(slot, opened);
    if (pushed != null) {
      pushed.close();
    }
  }

  void open(Random random) {
    Isolation isolation = random.nextInt(4) == 0 ? Isolation.IMAGE : Isolation.SUBINTERPRETER;
    open(interpreters, random.nextInt(interpreters.size()), isolation);
  }

  /** Fails unless all bytes are equal, and not 0. Not all are read, for speed. */
  static void checkUniform(ByteBuffer buffer) {
    int size = buffer.limit();
    for (int i = 1; i < Math.min(size, 4096); i++) {
      if (buffer.get(i) != buffer.get(0)) {
        throw new AssertionError(
            "byte %d of %d is %d and not %d".formatted(i, size, buffer.get(i), buffer.get(0)));
      }
    }
    if (size > 0 && (buffer.get(0) == 0 || buffer.get(size - 1) != buffer.get(0))) {
      throw new AssertionError("a buffer of %d bytes is not what it was".formatted(size));
    }
  }

  /** Closes everything. */
  @Override
  public void close() {
    payloads.forEach(Payload::close);
    arrays.forEach(NdArray::close);
    objects.forEach(PythonObject::close);
    functions.forEach(PythonFunction::close);
    buffers.clear();
    iterators.clear();
    for (Interpreter interpreter : python.interpreters()) {
      interpreter.close();
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!python.interpreters().isEmpty()) {
      System.gc(); // memory that was left to it still holds interpreters
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "%s do not end:%n%s".formatted(python.interpreters(), threadDump()));
      }
    }
  }

  static String threadDump() {
    StringBuilder text = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, frames) -> {
              text.append(thread).append('\n');
              for (StackTraceElement frame : frames) {
                text.append("    at ").append(frame).append('\n');
              }
            });
    return text.toString();
  }

  /** A few places for things of one kind. Thread-safe. */
  static final class Slots<T> {

    private final AtomicReferenceArray<@Nullable T> slots;

    Slots(int size) {
      slots = new AtomicReferenceArray<>(size);
    }

    int size() {
      return slots.length();
    }

    /** Any of them; throws if the slot is empty. */
    T any(Random random) {
      T found = slots.get(random.nextInt(size()));
      if (found == null) {
        throw new IllegalStateException("Nothing is there yet.");
      }
      return found;
    }

    @Nullable T swap(int slot, @Nullable T thing) {
      return slots.getAndSet(slot, thing);
    }

    /** Returns what was pushed out. */
    @Nullable T put(Random random, T thing) {
      return swap(random.nextInt(size()), thing);
    }

    void forEach(java.util.function.Consumer<T> action) {
      for (int i = 0; i < size(); i++) {
        T thing = swap(i, null);
        if (thing != null) {
          action.accept(thing);
        }
      }
    }

    void clear() {
      forEach(thing -> {});
    }
  }
}

package dev.ophion.hosted.misuse;

import dev.ophion.Access;
import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Payload;
import dev.ophion.PythonException;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.SharedBuffer;
import dev.ophion.SharedMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What may be done to the things, in any state of them. */
enum Operation {
  OPEN {
    @Override
    void carryOut(Things things, Random random) {
      if (random.nextInt(4) == 0) { // else there would be little time for anything else
        things.open(random);
      }
    }
  },
  CLOSE {
    @Override
    void carryOut(Things things, Random random) {
      if (random.nextInt(20) == 0) {
        Interpreter interpreter = things.interpreters.any(random);
        if (random.nextBoolean()) {
          interpreter.close();
        } else {
          interpreter.close(Duration.ofMillis(random.nextInt(50)));
        }
      }
    }
  },
  CLOSE_WITHIN_A_CALL {
    @Override
    void carryOut(Things things, Random random) throws Exception {
      if (random.nextInt(30) == 0) {
        Interpreter interpreter = things.interpreters.any(random);
        interpreter.attach(
            () -> {
              interpreter.close();
              return interpreter.eval("1");
            });
      }
    }
  },
  MAKE {
    @Override
    void carryOut(Things things, Random random) {
      int size = random.nextInt(5) == 0 ? random.nextInt(40) : random.nextInt(200_000);
      things
          .interpreters
          .any(random)
          .call("make", key(random), random.nextInt(5), pattern(random), size);
    }
  },
  CHECK {
    @Override
    void carryOut(Things things, Random random) {
      things.interpreters.any(random).call("check", key(random));
    }
  },
  CHECK_IN_A_THREAD {
    @Override
    void carryOut(Things things, Random random) {
      things.interpreters.any(random).call("check_in_thread", key(random));
    }
  },
  CHANGE_IN_PYTHON {
    @Override
    void carryOut(Things things, Random random) {
      Interpreter interpreter = things.interpreters.any(random);
      switch (random.nextInt(5)) {
        case 0 -> interpreter.call("slice", key(random), key(random));
        case 1 -> interpreter.call("release", key(random));
        case 2 -> interpreter.call("grow", key(random));
        case 3 -> interpreter.call("write", key(random));
        default -> interpreter.call("forget", key(random));
      }
    }
  },
  DUMP {
    @Override
    void carryOut(Things things, Random random) {
      Access access = random.nextBoolean() ? Access.READ_ONLY : Access.WRITABLE;
      Payload payload =
          things.interpreters.any(random).dump("store[%d]".formatted(key(random)), access);
      push(things.payloads.put(random, payload), random);
    }
  },
  LOAD {
    @Override
    void carryOut(Things things, Random random) {
      Interpreter interpreter = things.interpreters.any(random);
      String name = "loaded_" + Thread.currentThread().getId();
      interpreter.load(name, things.payloads.any(random));
      interpreter.exec("store[%d] = %s; del %s".formatted(key(random), name, name));
    }
  },
  READ_PAYLOAD {
    @Override
    void carryOut(Things things, Random random) {
      Payload payload = things.payloads.any(random);
      for (SharedBuffer buffer : payload.buffers()) {
        ByteBuffer bytes = buffer.asByteBuffer();
        Things.checkUniform(bytes);
        things.buffers.put(random, bytes.slice());
      }
    }
  },
  CLOSE_PAYLOAD {
    @Override
    void carryOut(Things things, Random random) {
      things.payloads.any(random).close();
    }
  },
  VIEW {
    @Override
    void carryOut(Things things, Random random) {
      NdArray array = things.interpreters.any(random).call("view", NdArray.class, key(random));
      push(things.arrays.put(random, Objects.requireNonNull(array)), random);
    }
  },
  READ_ARRAY {
    @Override
    void carryOut(Things things, Random random) {
      NdArray array = things.arrays.any(random);
      if (array.isContiguous()) {
        ByteBuffer bytes = array.buffer().asByteBuffer();
        Things.checkUniform(bytes);
        things.buffers.put(random, bytes);
      } else if (array.itemSizeBytes() == 1) {
        Things.checkUniform(ByteBuffer.wrap(array.toArray(byte[].class)));
      }
    }
  },
  SEE_ARRAY_OTHERWISE {
    @Override
    void carryOut(Things things, Random random) {
      NdArray array = things.arrays.any(random);
      long size = array.size();
      NdArray view =
          switch (random.nextInt(5)) {
            case 0 -> array.share();
            case 1 -> array.transpose();
            case 2 -> flat(array);
            case 3 -> array.shape().length == 0 ? array : array.slice(0, 0, size, 2);
            default -> array.shape().length == 0 ? array : array.slice(0, size, 0, -1);
          };
      push(things.arrays.put(random, view), random);
    }
  },
  TOUCH_ELEMENT {
    @Override
    void carryOut(Things things, Random random) {
      NdArray array = things.arrays.any(random);
      if (array.shape().length == 1 && array.size() > 0) {
        long at = random.nextInt((int) Math.min(array.size(), 100_000));
        long seen = array.getLong(at);
        if (seen == 0) {
          throw new AssertionError("element " + at + " of " + array + " is 0");
        }
        if (!array.isReadOnly()) {
          array.setLong(seen, at);
        }
      }
    }
  },
  CLOSE_ARRAY {
    @Override
    void carryOut(Things things, Random random) {
      things.arrays.any(random).close();
    }
  },
  READ_BUFFER {
    @Override
    void carryOut(Things things, Random random) {
      ByteBuffer buffer = things.buffers.any(random);
      Things.checkUniform(buffer);
      if (!buffer.isReadOnly() && buffer.limit() > 0) {
        buffer.put(0, buffer.get(0));
      }
    }
  },
  LEND {
    @Override
    void carryOut(Things things, Random random) {
      Object memory =
          switch (random.nextInt(4)) {
            case 0 -> things.arrays.any(random);
            case 1 -> things.buffers.any(random);
            case 2 -> {
              byte[] heap = new byte[random.nextInt(1000)];
              Arrays.fill(heap, (byte) pattern(random));
              yield heap;
            }
            default -> direct(random);
          };
      things.interpreters.any(random).call("keep", key(random), memory);
    }
  },
  ALLOCATE {
    @Override
    void carryOut(Things things, Random random) {
      int size = 1 + random.nextInt(50_000);
      SharedMemory memory =
          random.nextInt(4) == 0
              ? SharedMemory.options().memfd().allocate(DType.UINT8, size)
              : SharedMemory.allocate(DType.UINT8, size);
      fill(memory.buffer().asByteBuffer(), random);
      push(things.arrays.put(random, memory), random);
    }
  },
  MOVE {
    @Override
    void carryOut(Things things, Random random) {
      String name = "moved_" + Thread.currentThread().getId();
      Interpreter interpreter = things.interpreters.any(random);
      interpreter.move(name, things.arrays.any(random));
      interpreter.exec("store[%d] = %s; del %s".formatted(key(random), name, name));
    }
  },
  TAKE {
    @Override
    void carryOut(Things things, Random random) {
      String name = "taken_" + Thread.currentThread().getId();
      Interpreter interpreter = things.interpreters.any(random);
      interpreter.exec("%s = store.pop(%d)".formatted(name, key(random)));
      push(things.arrays.put(random, interpreter.take(name)), random);
    }
  },
  HANDLE {
    @Override
    void carryOut(Things things, Random random) {
      PythonObject handle =
          Objects.requireNonNull(things.interpreters.any(random).get("holder", PythonObject.class));
      push(things.objects.put(random, handle), random);
    }
  },
  USE_HANDLE {
    @Override
    void carryOut(Things things, Random random) {
      PythonObject handle = things.objects.any(random);
      switch (random.nextInt(5)) {
        case 0 -> push(things.arrays.put(random, lent(handle.getItem(key(random)))), random);
        case 1 -> handle.setItem(key(random), "never taken");
        case 2 -> things.interpreters.any(random).call("builtins:len", handle);
        case 3 -> push(things.iterators.put(random, handle.iterator()), random);
        default -> handle.close();
      }
    }
  },
  ITERATE {
    @Override
    void carryOut(Things things, Random random) {
      if (random.nextInt(3) == 0) {
        PythonObject generator =
            Objects.requireNonNull(
                things.interpreters.any(random).call("numbers", PythonObject.class));
        things.iterators.put(random, generator.iterator());
        return;
      }
      Iterator<@Nullable Object> iterator = things.iterators.any(random);
      if (iterator.hasNext()) {
        iterator.next();
      }
    }
  },
  FUNCTION {
    @Override
    void carryOut(Things things, Random random) {
      if (random.nextBoolean()) {
        push(
            things.functions.put(random, things.interpreters.any(random).function("check")),
            random);
        return;
      }
      PythonFunction function = things.functions.any(random);
      if (random.nextInt(4) == 0) {
        function.close();
      }
      function.call(key(random));
    }
  },
  ASYNC {
    @Override
    void carryOut(Things things, Random random) throws Exception {
      CompletableFuture<?> call =
          things.interpreters.any(random).async().call("check", Long.class, key(random));
      if (random.nextInt(3) == 0) {
        call.cancel(true);
      }
      finish(call);
    }
  },
  ASYNC_DUMP {
    @Override
    void carryOut(Things things, Random random) throws Exception {
      CompletableFuture<Payload> dump =
          things
              .interpreters
              .any(random)
              .async()
              .dump("store[%d]".formatted(key(random)), Access.READ_ONLY);
      if (random.nextInt(3) == 0) {
        dump.cancel(true);
        return; // the payload belongs to nobody
      }
      push(things.payloads.put(random, finish(dump)), random);
    }
  },
  NEST {
    @Override
    void carryOut(Things things, Random random) throws Exception {
      Interpreter interpreter = things.interpreters.any(random);
      interpreter.attach(
          () -> {
            interpreter.call("check", key(random));
            Payload payload = interpreter.dump("store[%d]".formatted(key(random)));
            push(things.payloads.put(random, payload), random);
            return null;
          });
    }
  },
  RAISE {
    @Override
    void carryOut(Things things, Random random) {
      try {
        things.interpreters.any(random).exec("1 / 0");
      } catch (PythonException e) {
        if (!e.typeName().equals("ZeroDivisionError")) {
          throw e;
        }
      }
    }
  },
  SEND_ADDRESSES {
    @Override
    void carryOut(Things things, Random random) {
      String expression = "addresses(%d)".formatted(random.nextInt(3));
      Interpreter interpreter = things.interpreters.any(random);
      Object sent;
      try {
        sent = random.nextBoolean() ? interpreter.eval(expression) : interpreter.dump(expression);
      } catch (NotTransferableException expected) {
        return;
      }
      throw new AssertionError(expression + " crossed as " + sent);
    }
  },
  EVIL_ATTRIBUTES {
    @Override
    void carryOut(Things things, Random random) {
      Object evil = things.interpreters.any(random).call("evil", random.nextInt(2));
      if (!(evil instanceof PythonObject handle)) {
        throw new AssertionError("An evil object came as " + evil);
      }
      handle.close();
    }
  },
  SET_AND_GET {
    @Override
    void carryOut(Things things, Random random) {
      Interpreter interpreter = things.interpreters.any(random);
      interpreter.set("value", List.of(1, "two", 3.0));
      interpreter.get("value");
    }
  },
  LOOK {
    @Override
    void carryOut(Things things, Random random) {
      Interpreter interpreter = things.interpreters.any(random);
      String text = things.python.metrics() + interpreter.toString() + interpreter.state();
      if (text.isEmpty()) {
        throw new AssertionError("nothing to see");
      }
    }
  },
  COLLECT {
    @Override
    void carryOut(Things things, Random random) {
      if (random.nextInt(20) == 0) {
        things.buffers.put(random, direct(random));
        System.gc();
      }
    }
  },
  CLOSE_CANCELLING(Attacks::closeCancelling),
  CLOSE_INTERRUPTED(Attacks::closeInterrupted),
  CALL_INTERRUPTED(Attacks::callInterrupted),
  CROWD(Attacks::crowd),
  RECUR(Attacks::recur),
  SEND_DEEP(Attacks::sendDeep),
  RAISE_EVIL(Attacks::raiseEvil),
  DAEMON(Attacks::beginDaemon),
  INTERRUPT_MAIN(Attacks::interruptMain),
  CAPTURE(Attacks::capture),
  RESIZE(Attacks::resize),
  LITTER(Attacks::litter);

  private interface Act {
    void carryOut(Things things, Random random) throws Exception;
  }

  @SuppressWarnings("ImmutableEnumChecker") // a method of Attacks, which has no state
  private final Act act;

  Operation() {
    this((things, random) -> {});
  }

  Operation(Act act) {
    this.act = act;
  }

  /** Throws what is documented, in any state of the things. */
  void carryOut(Things things, Random random) throws Exception {
    act.carryOut(things, random);
  }

  private static NdArray lent(@Nullable Object thing) {
    if (thing instanceof NdArray array) {
      return array;
    }
    throw new IllegalStateException("Something else is stored there.");
  }

  /** What is cut along several dimensions may have no view of one. */
  private static NdArray flat(NdArray array) {
    try {
      return array.reshape(array.size());
    } catch (IllegalArgumentException refused) {
      if (array.isContiguous() || array.shape().length < 2) {
        throw refused;
      }
      return array;
    }
  }

  private static int key(Random random) {
    return Things.key(random);
  }

  private static int pattern(Random random) {
    return 1 + random.nextInt(120);
  }

  private static ByteBuffer direct(Random random) {
    ByteBuffer memory =
        ByteBuffer.allocateDirect(random.nextInt(50_000)).order(ByteOrder.nativeOrder());
    fill(memory, random);
    return random.nextInt(4) == 0 ? memory.asReadOnlyBuffer() : memory;
  }

  private static void fill(ByteBuffer memory, Random random) {
    byte pattern = (byte) pattern(random);
    for (int i = 0; i < memory.capacity(); i++) {
      memory.put(i, pattern);
    }
  }

  /** What was pushed out of its slot is closed, or left to the garbage collector. */
  private static void push(@Nullable Object pushed, Random random) {
    if (pushed instanceof AutoCloseable closeable && random.nextInt(4) != 0) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("A close threw.", e);
      }
    }
  }

  private static <T> T finish(CompletableFuture<T> call) throws Exception {
    try {
      return call.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}

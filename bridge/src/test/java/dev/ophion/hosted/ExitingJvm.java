package dev.ophion.hosted;

import dev.ophion.CloseTimeoutException;
import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.OphionException;
import dev.ophion.Output;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonObject;
import dev.ophion.PythonOptions;
import dev.ophion.SharedMemory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The main class of a JVM that exits with interpreters open; its argument says how. */
final class ExitingJvm {

  static final int CODE = 7;

  private static final CountDownLatch PRINTED = new CountDownLatch(1);

  private ExitingJvm() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "idle" -> {
        open("1");
        System.exit(CODE);
      }
      case "main returns while Python is busy" -> busy("while True: pass");
      case "busy in OpenSSL and SQLite" -> {
        busy(
            """
            import ssl, sqlite3, hashlib
            while True:
                hashlib.sha256(bytes(100_000))
                ssl.create_default_context()
                sqlite3.connect(':memory:').close()
            """);
        System.exit(CODE);
      }
      case "Python threads" -> {
        open(
            """
            import threading
            def work():
                while True: print('x')
            for _ in range(4): threading.Thread(target=work).start()
            """);
        PRINTED.await();
        System.exit(CODE);
      }
      case "from another thread" -> {
        busy("while True: pass");
        new Thread(() -> System.exit(CODE)).start();
      }
      case "from a consumer" ->
          Python.start()
              .newInterpreter(options(Output.lines(line -> System.exit(CODE))))
              .exec("print('x')");
      case "from a consumer on a Python thread" ->
          Python.start()
              .newInterpreter(options(Output.lines(line -> System.exit(CODE))))
              .exec(
                  """
                  import threading
                  thread = threading.Thread(target=print, args=('x',))
                  thread.start()
                  thread.join()  # main must not return first
                  """);
      case "from attach" ->
          open("1")
              .attach(
                  () -> {
                    System.exit(CODE);
                    return null;
                  });
      case "halt" -> {
        busy("while True: pass");
        Runtime.getRuntime().halt(CODE);
      }
      case "native code keeps the GIL" -> {
        busy("import ctypes\nctypes.PyDLL(None).sleep(120)");
        System.exit(CODE);
      }
      case "closed by a hook" -> {
        Interpreter python = open("import atexit\natexit.register(print, 'bye', flush=True)");
        Runtime.getRuntime().addShutdownHook(new Thread(python::close));
        System.exit(CODE);
      }
      case "memory is lent" -> {
        Payload payload = open("1").dump("bytearray(100_000)");
        Interpreter other = Python.start().newInterpreter("other");
        other.load("x", payload);
        CompletableFuture<Void> unused = other.async().exec("while True: x.tobytes()");
        System.exit(CODE);
      }
      case "everything is open" -> everything();
      case "libpython becomes global" -> becomeGlobal();
      case "faulthandler is asked for" -> {
        Python.start(PythonOptions.builder().useEnvironment(true).build())
            .newInterpreter(
                InterpreterOptions.builder().isolation(Isolation.IMAGE).name("asked").build());
        // HotSpot finds them by the signal that faulthandler would take.
        long length = 0;
        for (int i = 0; i < 200_000; i++) {
          try {
            length += nothing(i).length();
          } catch (NullPointerException expected) {
            length++;
          }
        }
        System.exit(length == 200_000 ? CODE : 1);
      }
      case "an image is ending" -> {
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder().isolation(Isolation.IMAGE).name("ending").build())
            .exec(
                """
                import _hashlib, sys, types
                class Late:
                    def __del__(self, hash=_hashlib.openssl_sha256, Block=bytes):
                        while True:
                            [Block(500) for _ in (1,) * 5_000]
                            hash(Block(100_000))
                sys.modules['keeper'] = types.ModuleType('keeper')
                sys.modules['keeper'].late = Late()
                """);
        System.exit(CODE);
      }
      case "variables of the environment are obeyed" -> obeyVariables();
      case "memory is leaked" -> leakMemory();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void obeyVariables() {
    Python python =
        Python.start(PythonOptions.builder().useEnvironment(true).userSite(true).build());
    for (Isolation isolation : Isolation.values()) {
      // Twice, since an image is unmapped after the first.
      for (int i = 0; i < 2; i++) {
        try (Interpreter obedient =
            python.newInterpreter(
                InterpreterOptions.builder().isolation(isolation).name("obedient").build())) {
          obedient.exec(
              """
              import site, sys, threading
              import ctypes, decimal, json, sqlite3, ssl
              assert sys.path[:2] == ['/first', '/second'], sys.path
              assert not site.ENABLE_USER_SITE and sys.dont_write_bytecode
              assert 'error::BytesWarning' in sys.warnoptions and sys.flags.dev_mode
              work = lambda: [bytearray(n) for n in range(5000)]
              threads = [threading.Thread(target=work) for _ in range(4)]
              for thread in threads: thread.start()
              for thread in threads: thread.join()
              """);
        }
      }
    }
    System.exit(python.metrics().retiredImages() == 0 ? CODE : 1);
  }

  /** Native code keeps a reference to lent memory past the end of its interpreter. */
  private static void leakMemory() {
    Interpreter lender = open("lent = bytearray(b'x' * 100_000)");
    try (Interpreter borrower =
            Python.start().newInterpreter(InterpreterOptions.builder().name("borrower").build());
        Payload payload = lender.dump("lent")) {
      borrower.load("lent", payload);
      borrower.exec(
          """
          import ctypes, sys
          view = memoryview(lent)
          for leaked in (view, lent): ctypes.pythonapi.Py_IncRef(ctypes.py_object(leaked))
          """);
    }
    try {
      lender.close(Duration.ofSeconds(2));
      throw new IllegalStateException("the leaked memory was given back");
    } catch (CloseTimeoutException expected) {
      if (expected.getMessage().contains("1 buffer, 100000 bytes")) {
        System.exit(CODE);
      }
      throw expected;
    }
  }

  private static @Nullable String nothing(int i) {
    return i < 0 ? "something" : null;
  }

  /** What the preset's own loading and other bridges do. */
  private static void becomeGlobal() {
    try (Interpreter python = open("import ctypes, os, sys")) {
      python.exec(
          """
          path = os.path.join(sys.base_prefix, 'libpython3.14.so.1.0')
          assert ctypes.CDLL(None).dlopen(os.fsencode(path), os.RTLD_NOW | os.RTLD_GLOBAL)
          """);
      requireRemedy(() -> python.exec("import _decimal"));
    }
    Python.start().close();
    requireRemedy(() -> Python.start());
  }

  private static void requireRemedy(Runnable refused) {
    try {
      refused.run();
    } catch (OphionException refusal) {
      if (refusal.getMessage().contains("Do not load it in this JVM")) {
        return;
      }
      throw refusal;
    }
    throw new IllegalStateException("not refused");
  }

  private static InterpreterOptions options(Output output) {
    return InterpreterOptions.builder().name("exits").stdout(output).build();
  }

  private static Interpreter open(String source) {
    Interpreter python =
        Python.start().newInterpreter(options(Output.lines(line -> PRINTED.countDown())));
    python.exec(source);
    return python;
  }

  private static void busy(String source) throws InterruptedException {
    CompletableFuture<Void> unused = open("1").async().exec("print('x')\n" + source);
    PRINTED.await();
  }

  private static void everything() {
    Interpreter first = open("v = bytearray(100_000)");
    Interpreter image =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder().isolation(Isolation.IMAGE).name("image").build());
    String name = "ophion-exit-" + ProcessHandle.current().pid();
    SharedMemory memory = SharedMemory.options().named(name).allocate(DType.INT64, 100);
    Payload payload = first.dump("v");
    image.load("x", payload);
    first.set("m", memory);
    image.set("m", memory);
    image.set("direct", ByteBuffer.allocateDirect(64));
    image.move("moved", SharedMemory.options().memfd().allocate(DType.INT64, 100));
    NdArray array = image.get("x", NdArray.class);
    ByteBuffer view = array.buffer().asByteBuffer();
    PythonObject handle = first.importModule("sys");
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  // Beside Ophion's own hooks, until the process is gone.
                  while (memory.toArray(long[].class).length + view.get(0) >= 0) {
                    Thread.onSpinWait();
                    if (!memory.path().orElseThrow().toFile().exists()) {
                      break;
                    }
                  }
                }));
    System.out.println(List.of(payload, array, handle));
    System.exit(CODE);
  }
}

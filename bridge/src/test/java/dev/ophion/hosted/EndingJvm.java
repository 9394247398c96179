package dev.ophion.hosted;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.bridge.Memory;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Opens and closes interpreters one after another and prints what that did to the process. */
final class EndingJvm {

  static final int LOTS = 5;

  private static final int WARM_UP = 20;
  private static final int LOT = 40;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Gives free pages back; returns the bytes in use of malloc's heap and its mappings. */
  private static final String MALLOC =
      """
      import ctypes
      class Mallinfo2(ctypes.Structure):
          _fields_ = [(name, ctypes.c_size_t) for name in
              'arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost'.split()]
      libc = ctypes.CDLL(None)
      libc.mallinfo2.restype = Mallinfo2
      def allocated():
          libc.malloc_trim(0)
          info = libc.mallinfo2()
          return info.uordblks + info.hblkhd
      """;

  private EndingJvm() {}

  /**
   * Prints a line for each lot: bytes of malloc and of resident anonymous memory that an
   * interpreter left behind.
   *
   * @param arguments the isolation, and whether to obey the environment
   */
  public static void main(String... arguments) throws IOException {
    Isolation isolation = Isolation.valueOf(arguments[0]);
    boolean environment = Boolean.parseBoolean(arguments[1]);
    PythonOptions options = PythonOptions.builder().useEnvironment(environment).build();
    try (Python python = Python.start(options);
        Interpreter observer = open(python, "observer", Isolation.SUBINTERPRETER)) {
      observer.exec(MALLOC);
      // A thread keeps the direct buffer that it has read a file by.
      long residentAtFirst = Memory.anonymousKib() << 10;
      long buffers = bufferBytes();
      run(python, isolation, WARM_UP);
      for (int lot = 0; lot < LOTS; lot++) {
        collect(buffers);
        long allocated = observer.call("allocated", Long.class);
        long resident = Memory.anonymousKib() << 10;
        run(python, isolation, LOT);
        collect(buffers);
        allocated = observer.call("allocated", Long.class) - allocated;
        resident = (Memory.anonymousKib() << 10) - resident;
        System.out.printf("%d %d%n", allocated / LOT, resident / LOT);
      }
      if (residentAtFirst <= 0) {
        throw new IllegalStateException("nothing is in memory");
      }
    }
  }

  /** Direct buffers, whose memory is malloc's: the collector gives it back. */
  private static long bufferBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static void collect(long leftBufferBytes) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      System.gc();
      Thread.onSpinWait();
    } while (bufferBytes() > leftBufferBytes && System.nanoTime() - deadline < 0);
  }

  private static Interpreter open(Python python, String name, Isolation isolation) {
    return python.newInterpreter(
        InterpreterOptions.builder().name(name).isolation(isolation).build());
  }

  private static void run(Python python, Isolation isolation, int rounds) {
    for (int i = 0; i < rounds; i++) {
      Interpreter interpreter = open(python, "cycle", isolation);
      interpreter.exec("x = 1");
      interpreter.close(PATIENCE); // waits for the very end
    }
  }
}

package dev.ophion.hosted;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;

/** Ends interpreters while threads of C come to their Python, and after. */
final class KnockingJvm {

  private static final int ROUNDS = 5;
  private static final int THREADS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private KnockingJvm() {}

  /**
   * Runs.
   *
   * @param arguments the isolation, how the library is named to ctypes, its function, and two pipes
   *     for threads that come after the end
   */
  public static void main(String... arguments) throws Exception {
    Isolation isolation = Isolation.valueOf(arguments[0]);
    String library = arguments[1];
    String function = arguments[2];
    boolean isLate = arguments.length > 3;
    int threads = isLate || function.equals("begin_many") ? 1 : THREADS;
    for (int round = 0; round < ROUNDS; round++) {
      try (Python python = Python.start()) {
        Interpreter knocked = open(python, isolation);
        knocked.set("library", library);
        knocked.set("function", function);
        knocked.set("pipes", isLate ? new String[] {arguments[3], arguments[4]} : new String[2]);
        knocked.set("threads", threads);
        knocked.exec(
            """
            import ctypes, sys

            class Fill:
                "Takes the place in memory of what has gone at the interpreter's end."
                def __del__(self, range=range, kept=[]):
                    for size in range(8, 512, 8):
                        for _ in range(2_000): kept.append(b"\\xff" * size)

            sys.fill = Fill()

            class Pair(ctypes.Structure):
                _fields_ = [("first", ctypes.c_long), ("second", ctypes.c_double)]

            kind = ctypes.CFUNCTYPE(None, Pair, ctypes.c_int)
            callback = kind(lambda pair, number: None)
            begin = getattr(ctypes.CDLL(library), function)
            begin.argtypes = [kind, ctypes.c_char_p, ctypes.c_char_p]
            go, said = [None if pipe is None else pipe.encode() for pipe in pipes]
            for _ in range(threads): begin(callback, go, said)
            """);
        knocked.close(PATIENCE);
        if (isLate) {
          letGo(Path.of(arguments[3]), Path.of(arguments[4]));
        }
        for (int i = 0; i < THREADS; i++) {
          // Takes the place in memory of what has gone.
          try (Interpreter next = open(python, isolation)) {
            next.exec("import json, ctypes; x = [str(i) for i in range(100_000)]");
          }
        }
      }
    }
    System.out.println("fine");
  }

  private static void letGo(Path go, Path said) throws Exception {
    try (RandomAccessFile begin = new RandomAccessFile(go.toFile(), "rw");
        RandomAccessFile answer = new RandomAccessFile(said.toFile(), "rw")) {
      begin.write('g');
      answer.read();
    }
  }

  private static Interpreter open(Python python, Isolation isolation) {
    return python.newInterpreter(InterpreterOptions.builder().isolation(isolation).build());
  }
}

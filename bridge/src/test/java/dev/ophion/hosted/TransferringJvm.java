package dev.ophion.hosted;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.SharedMemory;
import dev.ophion.bridge.Memory;
import java.io.IOException;

/** Passes 10 MB around thousands of times and prints what that did to the process, in KiB. */
final class TransferringJvm {

  private static final int SIZE_BYTES = 10_000_000;
  private static final int PAGE_BYTES = 4096;
  private static final int WARM_UP = 1_000;
  static final int ROUNDS = 1_000;
  static final int LOTS = 10;

  private TransferringJvm() {}

  /** Prints resident and virtual growth, one line for each lot. */
  public static void main(String... arguments) throws IOException {
    try (Python python = Python.start();
        Interpreter first = open(python, "first", Isolation.SUBINTERPRETER);
        Interpreter second = open(python, "second", Isolation.IMAGE)) {
      run(first, second, WARM_UP);
      for (int lot = 0; lot < LOTS; lot++) {
        long resident = Memory.residentKib();
        long virtual = Memory.virtualKib();
        run(first, second, ROUNDS);
        System.out.printf(
            "%d %d%n", Memory.residentKib() - resident, Memory.virtualKib() - virtual);
      }
    }
  }

  private static Interpreter open(Python python, String name, Isolation isolation) {
    return python.newInterpreter(
        InterpreterOptions.builder().name(name).isolation(isolation).build());
  }

  private static void run(Interpreter first, Interpreter second, int rounds) {
    for (int i = 0; i < rounds; i++) {
      payloadThroughJava(first, second);
      memoryThroughAll(first, second, i);
    }
  }

  private static void payloadThroughJava(Interpreter first, Interpreter second) {
    // Zeroed by calloc, so that it costs nothing; a forgotten one shows in the virtual size.
    first.exec("v = bytes(%d)".formatted(SIZE_BYTES));
    try (Payload payload = first.dump("v")) {
      second.load("x", payload);
    }
    try (NdArray back = (NdArray) second.get("x")) {
      first.set("x", back);
    }
    first.exec("del v, x");
    second.exec("del x");
  }

  private static void memoryThroughAll(Interpreter first, Interpreter second, int round) {
    first.move("m", SharedMemory.allocate(DType.UINT8, SIZE_BYTES));
    first.exec("m[%d] = 1".formatted(round % (SIZE_BYTES / PAGE_BYTES) * PAGE_BYTES));
    second.move("m", first.take("m"));
    second.exec("m[0] = 2");
    second.take("m").close();
  }
}

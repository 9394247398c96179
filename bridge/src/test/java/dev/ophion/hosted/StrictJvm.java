package dev.ophion.hosted;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonObject;
import dev.ophion.SharedMemory;
import java.nio.ByteBuffer;
import java.util.List;

/** Goes through everything that crosses into native code once, and says so. */
final class StrictJvm {

  static final String DONE = "everything went through";

  private StrictJvm() {}

  public static void main(String[] arguments) {
    try (Python python = Python.start()) {
      for (Isolation isolation : Isolation.values()) {
        use(python, isolation);
      }
    }
    System.out.println(DONE);
  }

  private static void use(Python python, Isolation isolation) {
    InterpreterOptions.Builder options = InterpreterOptions.builder().isolation(isolation);
    try (Interpreter interpreter = python.newInterpreter(options.name("one " + isolation).build());
        Interpreter other = python.newInterpreter(options.name("other " + isolation).build());
        SharedMemory memory = SharedMemory.allocate(DType.FLOAT64, 3)) {
      interpreter.exec("from array import array; a = array('d', range(100_000))");
      require(interpreter.eval("sum(a)"), 4_999_950_000.0);
      require(interpreter.call("len", Long.class, ByteBuffer.allocateDirect(10)), 10L);
      require(interpreter.call("len", Long.class, "x".repeat(5_000_000)), 5_000_000L);
      require(interpreter.async().eval("[1, None]", List.class).join().size(), 2);
      other.set("m", memory);
      other.exec("m[1] = 2.5");
      require(memory.asDoubleBuffer().get(1), 2.5);
      try (Payload payload = interpreter.dump("a");
          PythonObject handle = interpreter.eval("object()", PythonObject.class)) {
        require(handle.typeName(), "object");
        other.load("b", payload);
        try (NdArray array = other.eval("b", NdArray.class)) {
          require(array.asDoubleBuffer().get(1), 1.0);
        }
      }
    }
  }

  private static void require(Object seen, Object expected) {
    if (!seen.equals(expected)) {
      throw new AssertionError(seen + " is not " + expected);
    }
  }
}

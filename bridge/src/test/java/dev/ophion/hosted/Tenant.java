package dev.ophion.hosted;

import dev.ophion.DType;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonObject;
import dev.ophion.SharedMemory;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * An application with Ophion in a class loader of its own, as a container would have it: seen from
 * outside through types of the JDK alone.
 */
public final class Tenant implements Function<String, Object>, AutoCloseable {

  private final Python python = Python.start();
  private final Interpreter shared = open(Isolation.SUBINTERPRETER);
  private final Interpreter own = open(Isolation.IMAGE);

  private Interpreter open(Isolation isolation) {
    return python.newInterpreter(
        InterpreterOptions.builder().name("tenant " + isolation).isolation(isolation).build());
  }

  /** Evaluates an expression in both isolations, which have to agree. */
  @Override
  public Object apply(String expression) {
    shared.exec("result = " + expression);
    own.exec("result = " + expression);
    Object result = own.get("result");
    if (!String.valueOf(result).equals(String.valueOf(shared.get("result")))) {
      throw new AssertionError(result + " is not " + shared.get("result"));
    }
    return result;
  }

  /** Uses whatever might keep a class loader. */
  public void useEverything() {
    ByteBuffer kept;
    try (Payload payload = shared.dump("bytes(100_000)");
        PythonObject handle = own.eval("object()", PythonObject.class);
        SharedMemory named =
            SharedMemory.options().named("ophion-tenant").allocate(DType.UINT8, 10)) {
      kept = payload.buffers().get(0).asByteBuffer();
      own.set("named", named);
      own.load("payload", payload);
      shared.call("len", Long.class, kept);
      own.async().exec("import threading, asyncio; asyncio.run(asyncio.sleep(0))").join();
      own.exec("threading.Thread(target=print, args=('',), kwargs={'end': ''}).start()");
      own.exec("del named, payload");
      handle.typeName();
    }
    // Neither closed nor kept.
    shared.dump("bytes(100_000)");
    own.eval("object()", PythonObject.class);
  }

  @Override
  public void close() {
    python.close();
  }
}

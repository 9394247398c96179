package dev.ophion.bridge.call;

import dev.ophion.Interpreter;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.memory.MemoryOwner;

/** An interpreter as its calls and handles see it. Thread-safe. */
public interface Target extends Interpreter, MemoryOwner {

  /** How calls get to its carrier. */
  Dispatch dispatch();

  /** Writes the requests of threads that wait for the end of each. */
  Requests requests();

  /** Makes the Java side of a handle to an object of this interpreter. */
  PythonObject newHandle(long id, String typeName);

  /** Gives a handle back, a little later, on the carrier. Any thread, any time. */
  void giveBack(HandleClaim handle);

  /** What a call throws that Python has ended in this way. */
  RuntimeException explain(PythonException raised);

  /** Whether no close has begun. */
  boolean isOpen();
}

package dev.ophion.bridge.codec;

import dev.ophion.NdArray;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import java.nio.Buffer;

/**
 * Makes and resolves what a value only refers to. Bound to one interpreter.
 *
 * <p><b>Ownership:</b> a lease that {@code lend} takes out belongs to the request: the
 * implementation notes it and gives it back when the request has been carried out or could not be
 * encoded. By then Python's exporter holds a lease of its own.
 */
public interface References {

  /**
   * Returns the number of a handle.
   *
   * @param object a handle
   * @return its number in the engine
   * @throws dev.ophion.NotTransferableException if it belongs to another interpreter; names both
   * @throws IllegalStateException if it is closed
   */
  long handleOf(PythonObject object);

  /**
   * Returns the number of a function's handle.
   *
   * @param function a function
   * @return its number in the engine
   * @throws dev.ophion.NotTransferableException if it belongs to another interpreter; names both
   * @throws IllegalStateException if it is closed
   */
  long handleOf(PythonFunction function);

  /**
   * Makes the Java side of a handle.
   *
   * @param id its number in the engine
   * @param typeName the name of its Python type
   * @return the handle
   */
  PythonObject handle(long id, String typeName);

  /**
   * Takes out a lease on direct memory of Java.
   *
   * @param memory any direct buffer
   * @return the lease, and the address of the buffer's position
   */
  Loan lend(Buffer memory);

  /**
   * Refers to an array of the heap, which Python reads itself when it comes to it. The reference
   * belongs to the request, as a lease does.
   *
   * @param array an array of primitive values
   * @return the reference; 0 if it is to be copied at once, since nobody says that the caller waits
   */
  long hold(Object array);

  /**
   * Takes out a lease on an array of Python and describes it.
   *
   * @param array an array of any interpreter
   * @param sink is called once
   * @throws IllegalStateException if the array is closed
   */
  void lend(NdArray array, BufferSink sink);

  /**
   * Makes the Java side of a pinned buffer.
   *
   * @param pin its number in the engine
   * @param memory where it is and what it holds
   * @return the array, which owns the pin
   */
  NdArray array(long pin, Memory memory);
}

package dev.ophion.hosted.misuse;

import dev.ophion.CallCancelledException;
import dev.ophion.CloseTimeoutException;
import dev.ophion.InterpreterClosedException;
import dev.ophion.NotTransferableException;
import dev.ophion.PythonException;
import dev.ophion.StartException;
import dev.ophion.bridge.waiting.JvmExit;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** One thread that does what its seed says, until a deadline. */
final class Misuser implements Runnable {

  /** What Python may raise at the operations, and no more. */
  private static final Set<String> RAISED =
      Set.of(
          "BufferError", // a release or a resize of what is lent
          "ValueError", // a view that was released
          "KeyError", // nothing is stored there yet
          "TypeError", // a write into what is read-only
          "AttributeError", // what is stored there can do other things
          "IndexError", // it is empty
          "NotImplementedError", // a view of ctypes' memory, element by element
          "ZeroDivisionError",
          "StopIteration",
          "ReferenceError", // a handle that another thread has closed
          "KeyboardInterrupt", // a close that cancels
          "RuntimeError"); // a dict that another thread's call has changed, or an ending

  // interpreter

  private final Things things;
  private final long seed;
  private final Random random;
  private final long deadlineNanos;
  private volatile boolean stopped;
  private final Map<String, Integer> counts = new TreeMap<>();
  private volatile String last = "nothing";

  Misuser(Things things, long seed, long deadlineNanos) {
    this.things = things;
    this.seed = seed;
    this.deadlineNanos = deadlineNanos;
    random = new Random(seed);
  }

  @Override
  public void run() {
    Operation[] operations = Operation.values();
    for (int step = 0; !stopped && System.nanoTime() - deadlineNanos < 0; step++) {
      Operation operation = operations[random.nextInt(operations.length)];
      last = "step " + step + ": " + operation;
      carryOut(operation);
    }
  }

  /** Ends it before its time, after another one has failed. */
  void stop() {
    stopped = true;
  }

  private void carryOut(Operation operation) {
    try {
      operation.carryOut(things, random);
      count(operation.name());
    } catch (InterpreterClosedException
        | CallCancelledException
        | CloseTimeoutException
        | NotTransferableException
        | NoSuchElementException // another thread has taken the last one
        | IllegalStateException e) {
      count(operation.name() + ": " + e.getClass().getSimpleName());
    } catch (PythonException e) {
      if (!RAISED.contains(e.typeName())) {
        throw failure(operation, e);
      }
      count(operation.name() + ": " + e.typeName());
    } catch (StartException e) {
      // While the JVM exits, a start is waited for no longer than the exit.
      if (!JvmExit.hasBegun() || !e.getMessage().contains("did not start within")) {
        throw failure(operation, e);
      }
      count(operation.name() + ": StartException");
    } catch (Throwable e) {
      throw failure(operation, e);
    }
  }

  private AssertionError failure(Operation operation, Throwable e) {
    return new AssertionError("%s with seed %d at %s".formatted(operation, seed, last), e);
  }

  private void count(String outcome) {
    counts.merge(outcome, 1, Integer::sum);
  }

  /** How often each operation was done, and refused. Once the thread has ended. */
  Map<String, Integer> counts() {
    return counts;
  }

  @Override
  public String toString() {
    return "The thread with seed %d at %s".formatted(seed, last);
  }
}

package dev.ophion;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One Python world on its own carrier thread: a CPython subinterpreter with its own GIL (PEP 684),
 * or the main interpreter of a private copy of libpython, see {@link Isolation}.
 *
 * <p><b>Threading:</b> thread-safe, see {@link Namespace}. Different interpreters run at the same
 * time.
 *
 * <p><b>Ownership:</b> who makes it closes it. Handles ({@link PythonObject}) are bound to it;
 * memory that Java or another interpreter still uses ({@link Payload}, {@link NdArray}) keeps
 * CPython's side of it alive after the close until the last user lets go.
 */
public interface Interpreter extends Namespace, AutoCloseable {

  /**
   * Returns its name, which is its carrier's name too.
   *
   * @return the name
   */
  String name();

  /**
   * Returns how far it is apart from other interpreters.
   *
   * @return the isolation it was made with
   */
  Isolation isolation();

  /**
   * Returns where it is in its life.
   *
   * @return a snapshot
   */
  InterpreterState state();

  /**
   * Returns the same calls without waiting.
   *
   * @return a view of this interpreter
   */
  AsyncInterpreter async();

  /**
   * Returns the same calls with their output sent elsewhere: what Python prints while one of them
   * runs goes to these outputs instead of the interpreter's own.
   *
   * <pre>{@code
   * StringBuilder printed = new StringBuilder();
   * python.withOutput(Output.appendTo(printed), Output.inherit()).call("report", 2026);
   * }</pre>
   *
   * <p>It holds for the code that the call runs, for nested calls, and for what runs in a copy of
   * its context (asyncio's tasks, {@code asyncio.to_thread}, {@code contextvars.copy_context()});
   * not for threads that it starts otherwise, which print where the interpreter does, and not for
   * what goes on after the call, or after its caller was interrupted. A nested call with an output
   * of its own prints there. An unfinished last line is given when the call ends, also if it fails.
   * Handles, {@link #function} included, are called as if they came from this interpreter itself.
   * Native code that writes to a file descriptor is not seen.
   *
   * @param stdout where {@code sys.stdout} goes; {@link Output#inherit()} leaves it where the
   *     interpreter's goes
   * @param stderr where {@code sys.stderr} goes, likewise
   * @return a view of this interpreter
   */
  Namespace withOutput(Output stdout, Output stderr);

  /**
   * Runs a task on the carrier while it holds the GIL, so that calls of this interpreter inside it
   * cost neither a hand-over nor an attach. Python threads of this interpreter stand still
   * meanwhile: keep the task short and do not wait in it for other threads, nor for another
   * interpreter that calls back into this one.
   *
   * @param task what to run
   * @param <T> its result
   * @return its result
   * @throws Exception what the task throws
   * @throws InterpreterClosedException if the interpreter is closing or closed
   */
  <T> @Nullable T attach(Callable<T> task) throws Exception;

  /**
   * Pickles the value of an expression with protocol 5, buffers out of band (PEP 574), read-only
   * for receivers.
   *
   * @param expression a Python expression, often just a name
   * @return the payload; the caller closes it
   * @throws NotTransferableException if it cannot be pickled
   */
  default Payload dump(String expression) {
    return dump(expression, Access.READ_ONLY);
  }

  /**
   * Pickles the value of an expression with protocol 5, buffers out of band (PEP 574).
   *
   * @param expression a Python expression, often just a name
   * @param access what receivers may do with the buffers
   * @return the payload; the caller closes it
   * @throws NotTransferableException if it cannot be pickled
   */
  Payload dump(String expression, Access access);

  /**
   * Unpickles a payload, over the same memory, and assigns the value to a variable.
   *
   * @param name an identifier
   * @param payload a payload of any interpreter, this one included; stays open and usable
   * @throws IllegalStateException if the payload is closed
   */
  void load(String name, Payload payload);

  /**
   * Passes an array on for good: assigns it to a variable, as {@code set} does, and closes it here.
   * Afterwards this interpreter alone reaches the memory in this JVM; every use of the array and
   * its {@link SharedBuffer} throws {@link IllegalStateException} and names this interpreter.
   *
   * <p>That can be promised only of memory that nobody else uses: {@link SharedMemory}, and what
   * {@link #take} gave, while no other array, {@code ByteBuffer} or interpreter holds it. A {@code
   * ByteBuffer} cannot be taken back, so one that is still reachable is a reason to refuse; where
   * some were handed out and may be garbage, this runs the garbage collector ({@link System#gc()}),
   * up to nine times within half a second and what the collections take. Bulk reads and writes
   * without a {@code ByteBuffer} save that. Other processes that have mapped the memory, other
   * mappings of the same name or file, and addresses that were noted are beyond it.
   *
   * @param name an identifier
   * @param array an open array; stays as it was if this throws anything else than {@link
   *     CallCancelledException}
   * @throws IllegalStateException if the array is closed, somebody else uses the memory, or the
   *     array came by {@code get} and its interpreter can still reach it
   * @throws CallCancelledException if the waiting thread is interrupted or the close cancels the
   *     call; the array is closed then
   */
  void move(String name, NdArray array);

  /**
   * Takes the memory of a variable away from this interpreter: the variable is deleted, and if it
   * was a {@code memoryview}, that is released, so that whatever else refers to it raises {@code
   * ValueError} on use. Afterwards this interpreter does not reach the memory. An object of this
   * interpreter stays pinned here, and holds up its end, until the array is closed; memory that was
   * passed to it ({@link SharedMemory}) has nothing to do with it any more.
   *
   * <p>That can be promised of a {@code bytearray}, {@code bytes}, {@code array.array}, an {@code
   * ndarray}, a {@code memoryview} of one of them and of memory that was passed in, if nothing else
   * in the interpreter refers to it. What introspection digs up ({@code gc.get_objects()}) and
   * native code that has noted the address are beyond it.
   *
   * @param name a variable of {@code __main__}
   * @return the array; the caller closes it, or passes it on with {@link #move}
   * @throws NotTransferableException if another object may reach the memory (a slice, an {@code
   *     ndarray} over it, another variable), with what it is; nothing has changed then
   * @throws PythonException a {@code NameError} if there is no such variable
   * @throws CallCancelledException if the waiting thread is interrupted or the close cancels the
   *     call; memory that is taken all the same is given back
   */
  NdArray take(String name);

  /**
   * Takes no more calls, finishes or cancels the waiting ones as {@link
   * InterpreterOptions#closePolicy()} says, waits for Python's own threads and ends the
   * interpreter, at most for {@link PythonOptions#closeTimeout()}. Memory that is still lent out
   * does not hold this call up: the interpreter ends when the last user lets go, and the garbage
   * collector is not run for that. Idempotent; from any thread; on its own carrier it only begins
   * the close. An interrupt does not end the wait; the thread's interrupt flag stays set.
   *
   * @throws CloseTimeoutException if something else than lent memory outlives the deadline
   */
  @Override
  void close();

  /**
   * Like {@link #close()}, and waits for lent memory too. A {@code ByteBuffer} that nobody reaches
   * any more gives its memory back when the garbage collector finds it, so while nothing but lent
   * memory holds up the end, this asks the collector to run ({@link System#gc()}, in another
   * thread) after 50, 250, 1050, 4250 ... milliseconds.
   *
   * @param timeout how long to wait; zero begins the close and looks
   * @throws CloseTimeoutException if it has not ended by then; the message says what holds it: the
   *     running call or threads with their Python stacks, or the count and bytes of lent memory.
   *     The interpreter stays {@link InterpreterState#CLOSING} and ends when it can
   */
  void close(Duration timeout);

  /**
   * Like {@link #close(Duration)}, and chooses now what becomes of the calls. On an interpreter
   * that is closing already, {@link ClosePolicy#CANCEL} cancels what is left, each time once more;
   * {@link ClosePolicy#FINISH} takes back nothing.
   *
   * @param policy finish or cancel them
   * @param timeout how long to wait
   * @throws CloseTimeoutException as {@link #close(Duration)}
   */
  void close(ClosePolicy policy, Duration timeout);
}

package dev.ophion.bridge.memory;

import dev.ophion.InterpreterClosedException;
import dev.ophion.PythonOptions;
import dev.ophion.bridge.log.LazyLogger;
import java.nio.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * All leases of the process that have not ended, by the numbers under which native code knows them.
 * A lease that begins while they are traced remembers where it was taken.
 *
 * <p><b>Threading:</b> thread-safe and lock-free.
 */
public final class LeaseTable {

  private static final LazyLogger LOG = LazyLogger.of(LeaseTable.class);

  /** Lock-free: threads that hold a GIL come here, and must not wait for one that does not. */
  private static final LeaseSlots OPEN = new LeaseSlots();

  private static volatile boolean tracing = Boolean.getBoolean(PythonOptions.TRACE_LEASES_PROPERTY);

  private LeaseTable() {}

  /**
   * Begins a lease on pinned memory of an interpreter.
   *
   * @param owner the interpreter
   * @param pin the pin's number in its engine; the lease owns it from now on, unless this throws
   *     another error than what follows
   * @param sizeBytes the size of the memory
   * @return the lease, with one count that belongs to the caller
   * @throws InterpreterClosedException if the interpreter has ended its waiting for it
   */
  public static Lease ofPython(MemoryOwner owner, long pin, long sizeBytes) {
    Lease lease = Lease.ofPython(OPEN.reserve(), owner, pin, sizeBytes);
    // Until this has gone well, the pin is the caller's.
    lease.returned = true;
    boolean isForgotten =
        lease.handTo(
            made -> {
              OPEN.put(made);
              // After it can be found: either this sees that, or the owner sees the lease.
              return owner.hasForgotten();
            });
    lease.returned = false;
    if (isForgotten) {
      lease.drop();
      throw new InterpreterClosedException(
          "The result holds memory of an interpreter that was closed and has waited for some seconds"
              + " for it to be read: read results before, or close later.");
    }
    return lease;
  }

  /**
   * Begins a lease on a direct buffer, which stays reachable until the lease ends.
   *
   * @param memory a direct buffer
   * @param sizeBytes the size of the lent part
   * @param keep takes over its one count, unless it throws
   * @return the lease
   */
  public static Lease ofJava(Buffer memory, long sizeBytes, Consumer<Lease> keep) {
    Lease lease = Lease.ofJava(OPEN.reserve(), memory, sizeBytes);
    return lease.handTo(
        taken -> {
          OPEN.put(taken);
          keep.accept(taken);
          return taken;
        });
  }

  /**
   * Begins a lease on memory of the runtime.
   *
   * @param mapping gives the memory back to the system when the lease ends, on the thread that
   *     drops the last count
   * @param sizeBytes the size of the memory
   * @return the lease, with one count that belongs to the caller
   */
  static Lease ofRuntime(MemoryOwner mapping, long sizeBytes) {
    return add(Lease.ofRuntime(OPEN.reserve(), mapping, sizeBytes));
  }

  /**
   * Finds a lease that somebody is known to hold.
   *
   * @param id its number
   * @return the lease
   * @throws IllegalStateException if it has ended
   */
  public static Lease get(long id) {
    Lease lease = OPEN.find(id);
    if (lease == null) {
      throw new IllegalStateException("The lease " + id + " has ended; please report this.");
    }
    return lease;
  }

  /**
   * Takes one more count. Called by native code while somebody else is known to hold one.
   *
   * @param id a lease's number
   * @return {@code false} if the lease has ended
   */
  public static boolean acquire(long id) {
    Lease lease = OPEN.find(id);
    if (lease == null || !lease.tryAcquire()) {
      LOG.get().error("Native code took the lease {}, which has ended; please report this", id);
      return false;
    }
    return true;
  }

  /**
   * Gives one count back.
   *
   * @param id a lease's number
   */
  public static void drop(long id) {
    Lease lease = OPEN.find(id);
    if (lease == null) {
      LOG.get().error("The lease {} was dropped after its end; please report this", id);
    } else {
      lease.drop();
    }
  }

  /**
   * Counts the leases that have not ended.
   *
   * @return a snapshot
   */
  public static long openLeases() {
    return open().size();
  }

  /**
   * Counts the leases of one kind that have not ended.
   *
   * @param kind who owns the memory
   * @return a snapshot
   */
  public static long openLeases(Lease.Kind kind) {
    return sizesOf(kind).count();
  }

  /**
   * Sums up the memory of the leases of one kind that have not ended.
   *
   * @param kind who owns the memory
   * @return bytes; a snapshot
   */
  public static long openBytes(Lease.Kind kind) {
    return sizesOf(kind).sum();
  }

  /**
   * Says what of an interpreter's memory is lent.
   *
   * @param owner the interpreter
   * @return for example {@code 2 buffers, 16000 bytes}, and where each was taken if that is traced
   */
  public static String describe(MemoryOwner owner) {
    return describe(open().stream().filter(lease -> lease.isOf(owner)).toList());
  }

  /**
   * Returns whether memory of an interpreter is lent.
   *
   * @param owner the interpreter
   * @return a snapshot
   */
  public static boolean isLent(MemoryOwner owner) {
    return open().stream().anyMatch(lease -> lease.isOf(owner));
  }

  /**
   * Says what of all memory but that of one owner is lent.
   *
   * @param kind the owner that is left out
   * @return as {@link #describe(MemoryOwner)}, or empty if nothing is lent
   */
  public static Optional<String> describeAllBut(Lease.Kind kind) {
    List<Lease> lent = open().stream().filter(lease -> lease.kind() != kind).toList();
    return lent.isEmpty() ? Optional.empty() : Optional.of(describe(lent));
  }

  static String describe(List<Lease> leases) {
    long bytes = 0;
    StringBuilder places = new StringBuilder();
    for (Lease lease : leases) {
      bytes += lease.sizeBytes();
      describePlace(lease, places);
    }
    long count = leases.size();
    return "%d %s, %d bytes%s".formatted(count, count == 1 ? "buffer" : "buffers", bytes, places);
  }

  private static void describePlace(Lease lease, StringBuilder text) {
    Throwable taken = lease.taken();
    if (taken == null) {
      return;
    }
    text.append(
        "\n  %s, %d bytes, taken %s"
            .formatted(lease.kind(), lease.sizeBytes(), taken.getMessage()));
    for (StackTraceElement frame : taken.getStackTrace()) {
      if (!frame.getClassName().startsWith("dev.ophion.bridge.")) {
        text.append("\n    at ").append(frame);
      }
    }
  }

  /**
   * Says whether leases that begin from now on remember where they were taken.
   *
   * @param wanted whether they do; costs a stack trace each
   */
  public static void trace(boolean wanted) {
    tracing = wanted;
  }

  /**
   * Returns whether leases remember where they were taken.
   *
   * @return a snapshot
   */
  public static boolean isTracing() {
    return tracing;
  }

  private static List<Lease> open() {
    List<Lease> open = OPEN.all();
    boolean isSettled = false;
    for (Lease lease : open) {
      isSettled |= lease.settle();
    }
    // Nobody is told of those that have just ended without their owner.
    return isSettled ? OPEN.all() : open;
  }

  private static Lease add(Lease lease) {
    OPEN.put(lease);
    return lease;
  }

  static void remove(Lease lease) {
    OPEN.remove(lease);
  }

  private static LongStream sizesOf(Lease.Kind kind) {
    return open().stream().filter(lease -> lease.kind() == kind).mapToLong(Lease::sizeBytes);
  }
}

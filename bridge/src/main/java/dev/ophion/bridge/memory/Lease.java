package dev.ophion.bridge.memory;

import dev.ophion.bridge.inbox.Item;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The counted right to touch one piece of memory. Begins with a count of one, which belongs to
 * whoever made it; the memory goes back to its owner with the last count, and never comes back.
 *
 * <p><b>Threading:</b> thread-safe and lock-free.
 */
public final class Lease extends Item {

  /** Who owns the memory. */
  public enum Kind {
    /** An object of an interpreter, pinned there. */
    PYTHON,
    /** A direct buffer. */
    JAVA,
    /** The runtime itself: mapped memory that no interpreter owns. */
    RUNTIME
  }

  private static final VarHandle COUNT;
  private static final VarHandle UNFINISHED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      COUNT = lookup.findVarHandle(Lease.class, "count", long.class);
      UNFINISHED = lookup.findVarHandle(Lease.class, "unfinished", boolean.class);
    } catch (ReflectiveOperationException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  private final long id;
  private final Kind kind;
  private final long sizeBytes;
  private final @Nullable MemoryOwner owner;
  private final long pin;
  private final @Nullable Throwable taken;

  /** The direct buffer, only so that it stays reachable; null when the last count is gone. */
  @SuppressWarnings("unused")
  private volatile @Nullable Object kept;

  @SuppressWarnings("unused") // through COUNT
  private volatile long count = 1;

  /** Whether the owner has got the memory back, or keeps it. By who ends the lease. */
  boolean returned;

  /**
   * Counts whose holders had no stack left to drop them. Such a holder can call nothing, so it
   * counts here itself; whoever looks at the open leases next drops them. Guarded by this, but for
   * who has no stack to enter a monitor.
   */
  private int owed;

  /** Whether the end is still to be gone through. */
  @SuppressWarnings("FieldCanBeFinal") // through UNFINISHED
  private volatile boolean unfinished;

  /** Whether nobody reaches the memory without a count. Goes once, while a count is held. */
  private volatile boolean exclusive;

  /** Whether a ByteBuffer over it was ever made, so that only the collector knows who is left. */
  private volatile boolean viewed;

  private Lease(
      long id,
      Kind kind,
      long sizeBytes,
      @Nullable MemoryOwner owner,
      long pin,
      @Nullable Object kept) {
    this.id = id;
    this.kind = kind;
    this.sizeBytes = sizeBytes;
    this.owner = owner;
    this.pin = pin;
    this.kept = kept;
    exclusive = kind == Kind.RUNTIME;
    // Its stack is all that is wanted of it.
    taken =
        LeaseTable.isTracing()
            ? new Throwable("by the thread " + Thread.currentThread().getName())
            : null;
  }

  static Lease ofPython(long id, MemoryOwner owner, long pin, long sizeBytes) {
    return new Lease(id, Kind.PYTHON, sizeBytes, owner, pin, null);
  }

  static Lease ofJava(long id, Object memory, long sizeBytes) {
    return new Lease(id, Kind.JAVA, sizeBytes, null, 0, memory);
  }

  static Lease ofRuntime(long id, MemoryOwner mapping, long sizeBytes) {
    return new Lease(id, Kind.RUNTIME, sizeBytes, mapping, 0, null);
  }

  /**
   * Returns its number, by which native code knows it.
   *
   * @return never 0, never used twice
   */
  public long id() {
    return id;
  }

  /**
   * Returns who owns the memory.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns the size of the memory.
   *
   * @return bytes
   */
  public long sizeBytes() {
    return sizeBytes;
  }

  /**
   * Returns the number of the pin in its interpreter's engine.
   *
   * @return 0 for memory of Java and of the runtime
   */
  public long pin() {
    return pin;
  }

  /**
   * Returns whether an interpreter owns the memory.
   *
   * @param candidate an interpreter
   * @return {@code true} if it is its own
   */
  public boolean isOf(MemoryOwner candidate) {
    return owner == candidate;
  }

  /** Where it was taken; null unless leases are traced. */
  @Nullable Throwable taken() {
    return taken;
  }

  /**
   * Says that the owner has given the memory up, so that nobody reaches it without a count.
   *
   * @return this lease
   */
  public Lease madeExclusive() {
    exclusive = true;
    return this;
  }

  /** Says that the owner has got the memory back, which needs no count. */
  public void shareWithOwner() {
    exclusive = false;
  }

  /**
   * Returns whether everybody who reaches the memory has a count.
   *
   * @return {@code false} for the memory of an object that its interpreter still has
   */
  public boolean isExclusive() {
    return exclusive;
  }

  /**
   * Returns whether a {@code ByteBuffer} over it was ever made.
   *
   * @return {@code true} if some counts may be garbage that nobody has collected yet
   */
  public boolean isViewed() {
    return viewed;
  }

  void noteView() {
    viewed = true;
  }

  /**
   * Returns whether there is just one count. What the caller knows of that one tells whether
   * somebody else may come.
   *
   * @return a snapshot
   */
  public boolean isSole() {
    return users() == 1;
  }

  /**
   * Returns how many use it.
   *
   * @return a snapshot, for messages
   */
  public long users() {
    return (long) COUNT.getAcquire(this);
  }

  /**
   * Takes one more count.
   *
   * @return {@code false} if the last one has gone already
   */
  public boolean tryAcquire() {
    long seen = (long) COUNT.getAcquire(this);
    while (seen > 0) {
      long found = (long) COUNT.compareAndExchange(this, seen, seen + 1);
      if (found == seen) {
        return true;
      }
      seen = found;
    }
    return false;
  }

  /**
   * Takes one more count and gives it away, or back if that fails.
   *
   * @param taker takes it over, unless it throws
   * @return what that returns, or {@code null} if the last count has gone already
   */
  public <T> @Nullable T lendTo(Function<Lease, T> taker) {
    return handOn(false, taker);
  }

  /**
   * Gives a count of the caller's away, or back if that fails. A caller whose lease is not in the
   * table yet: where there is no stack for this very call, nobody gets to know of it.
   *
   * @param taker takes it over, unless it throws
   * @return what that returns
   */
  @SuppressWarnings("NullAway") // only a count that is to be taken can have gone
  <T> T handTo(Function<Lease, T> taker) {
    return handOn(true, taker);
  }

  private <T> @Nullable T handOn(boolean isTaken, Function<Lease, T> taker) {
    boolean isOurs = isTaken;
    try {
      if (!isOurs && !tryAcquire()) {
        return null;
      }
      isOurs = true;
      T result = taker.apply(this);
      isOurs = false;
      return result;
    } finally {
      if (isOurs) {
        // The stack may be full: noted first, without a call of a method.
        boolean isOwed = false;
        try {
          synchronized (this) {
            owed++;
            isOwed = true;
          }
        } catch (StackOverflowError full) {
          if (!isOwed) {
            owed++;
          }
        }
        boolean unused = settle();
      }
    }
  }

  /**
   * Gives one count back.
   *
   * @throws IllegalStateException if there was none
   */
  public void drop() {
    if (!tryDrop()) {
      throw new IllegalStateException("The lease " + id + " was dropped more often than taken.");
    }
  }

  /**
   * Gives one count back that may have been given back.
   *
   * @return {@code false} if there was none
   */
  public boolean tryDrop() {
    long before = (long) COUNT.getAndAdd(this, -1L);
    if (before <= 0) {
      COUNT.getAndAdd(this, 1L);
      return false;
    }
    if (before == 1) {
      try {
        end();
      } catch (VirtualMachineError failure) {
        // The count has gone. Whoever looks at the open leases next goes on.
        unfinished = true;
      }
    }
    return true;
  }

  /** By who dropped the last count, or has got what that one left undone. */
  private void end() {
    kept = null;
    if (owner != null && !returned) {
      owner.takeBack(this);
      returned = true;
    }
    LeaseTable.remove(this);
  }

  /**
   * Does what was left undone. Any thread.
   *
   * @return whether there was something
   */
  boolean settle() {
    boolean isSettled = false;
    synchronized (this) {
      for (; owed > 0; owed--) {
        // Then nothing is called until it is counted.
        isSettled = tryDrop();
      }
    }
    if (!unfinished || !UNFINISHED.compareAndSet(this, true, false)) {
      return isSettled;
    }
    try {
      end();
    } catch (VirtualMachineError failure) {
      unfinished = true;
    }
    return true;
  }
}

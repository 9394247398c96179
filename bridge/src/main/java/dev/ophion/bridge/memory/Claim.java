package dev.ophion.bridge.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one public object, a payload or an array, holds on leases: one count each, given back once.
 *
 * <p><b>Threading:</b> thread-safe. Whatever takes a further count while another thread closes
 * either gets it or throws; the memory is never touched without one.
 */
public final class Claim {

  private static final Logger LOG = LoggerFactory.getLogger(Claim.class);

  // A thread of our own would keep the class loader of whoever comes here first.
  private static final Cleaner CLEANER = Cleaner.create();

  /** How many were found by the garbage collector. */
  private static final AtomicLong LATE = new AtomicLong();

  private static final int OPEN = 0;
  private static final int CLOSED = 1;

  private static final VarHandle CLOSING;

  static {
    try {
      CLOSING = MethodHandles.lookup().findVarHandle(Claim.class, "closing", int.class);
    } catch (ReflectiveOperationException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  private final String subject;
  private final List<Lease> leases;
  private final Gate gate = new Gate();

  /** Who closes has it from OPEN to CLOSED, and gives it back if that fails half-way. */
  @SuppressWarnings({"FieldCanBeFinal", "UnusedVariable"}) // through CLOSING
  private volatile int closing;

  /** How many counts were given back. By who closes. */
  private int dropped;

  /** The interpreter that has it now; written before the gate is shut. */
  private volatile @Nullable String receiver;

  /**
   * Makes a claim.
   *
   * @param subject for messages, for example {@code payload}
   * @param leases takes over one count of each
   */
  public Claim(String subject, List<Lease> leases) {
    this.subject = subject;
    this.leases = List.copyOf(leases);
  }

  /**
   * Returns whether it has not been given back.
   *
   * @return a snapshot
   */
  public boolean isOpen() {
    return gate.isOpen();
  }

  /**
   * Refuses a use after the close.
   *
   * @throws IllegalStateException if the claim was given back
   */
  public void requireOpen() {
    if (gate.isHeld()) {
      throw new IllegalStateException(
          "The %s is being moved to an interpreter by another thread.".formatted(subject));
    }
    boolean isShut = gate.isShut();
    if (isShut && receiver != null) {
      throw new IllegalStateException(
          "The %s was moved to the interpreter '%s': use it there, or get it back with take."
              .formatted(subject, receiver));
    }
    if (isShut) {
      throw new IllegalStateException(
          ("The %s is closed: use it before, or take before what outlives it"
                  + " (a ByteBuffer, or what a load makes).")
              .formatted(subject));
    }
  }

  /**
   * Takes one more count for somebody else.
   *
   * @param index which lease
   * @param taker takes it over, unless it throws
   * @return what that returns
   * @throws IllegalStateException if the claim was given back
   */
  public <T> T lend(int index, Function<Lease, T> taker) {
    T result =
        leases
            .get(index)
            .lendTo(
                lease -> {
                  if (!gate.isOpen()) {
                    requireOpen();
                    throw new IllegalStateException(
                        "The %s was about to be moved to an interpreter by another thread."
                            .formatted(subject));
                  }
                  return taker.apply(lease);
                });
    if (result == null) {
      requireOpen();
      throw new IllegalStateException("The memory of the " + subject + " has gone.");
    }
    return result;
  }

  /**
   * Does something that takes long with the memory: closing meanwhile is not held up, and the
   * memory stays to its end.
   *
   * @param use what to do
   * @return its result
   * @throws IllegalStateException if the claim was given back
   */
  public <T> T holding(Supplier<T> use) {
    return lend(
        0,
        lease -> {
          T result = use.get();
          lease.drop();
          return result;
        });
  }

  /**
   * Makes a claim of its own on the same memory.
   *
   * @param maker makes what holds it
   * @return what it has made
   * @throws IllegalStateException if the claim was given back
   */
  public <T> T share(Function<Claim, T> maker) {
    return lend(0, lease -> maker.apply(new Claim(subject, List.of(lease))));
  }

  /**
   * Shuts the claim for everybody else, until {@link #moved} or {@link #notMoved}.
   *
   * @return its only lease
   * @throws IllegalStateException if the claim was given back, or is being moved
   */
  public Lease beginMove() {
    if (!gate.hold()) {
      requireOpen();
      throw new IllegalStateException(
          "The %s was about to be moved by another thread.".formatted(subject));
    }
    if (!gate.awaitEmpty()) {
      gate.release();
      throw new IllegalStateException(
          "The %s is being read or written by another thread.".formatted(subject));
    }
    return leases.get(0);
  }

  /**
   * Gives the count back for good, since an interpreter has the memory.
   *
   * @param newOwner its name
   */
  public void moved(String newOwner) {
    receiver = newOwner;
    close();
  }

  /** Opens the claim again, unless it was given back meanwhile. */
  public void notMoved() {
    gate.release();
  }

  /**
   * Makes a buffer over a part of the memory. It holds a count of its own until neither it nor
   * anything made from it is reachable.
   *
   * @param index which lease
   * @param address where the part begins
   * @param sizeBytes its size
   * @return a writable direct buffer in native order
   * @throws IllegalStateException if the claim was given back
   */
  ByteBuffer root(int index, long address, int sizeBytes) {
    return lend(
        index,
        lease -> {
          lease.noteView();
          ByteBuffer root = DirectMemory.borrow(address, sizeBytes);
          // The JDK keeps this very object reachable from each slice, duplicate and view of it.
          CLEANER.register(root, lease::tryDrop);
          return root;
        });
  }

  /**
   * Begins a short touch of the memory, which {@link #exit} ends in a finally block: no waiting, no
   * other claim and no code of users in between.
   *
   * @return what {@link #exit} takes
   * @throws IllegalStateException if the claim was given back
   */
  public int enter() {
    while (true) {
      int entered = gate.enter();
      if (entered != 0) {
        return entered;
      }
      requireOpen(); // passes where a move has been given up since
    }
  }

  /**
   * Ends a short touch.
   *
   * @param entered what {@link #enter} returned
   */
  public void exit(int entered) {
    gate.exit(entered);
  }

  /**
   * Gives the counts back, after the short touches of other threads. Idempotent; one that is being
   * moved is moved without it.
   */
  public void close() {
    gate.shut();
    if (!CLOSING.compareAndSet(this, OPEN, CLOSED)) {
      return;
    }
    try {
      if (gate.awaitEmpty()) {
        dropAll();
      } else {
        LOG.error(
            "A thread never ended its access to the memory of a {}, which stays lent; please report"
                + " this",
            subject);
      }
    } catch (Throwable failure) {
      // The stack is full, say: the next close goes on, or that of the cleaner.
      closing = OPEN;
      throw failure;
    }
  }

  private void dropAll() {
    while (dropped < leases.size()) {
      leases.get(dropped).drop();
      dropped++;
    }
  }

  /**
   * Closes the claim when its holder is garbage, and says so: a net for what nobody closed.
   *
   * @param holder the public object
   * @return to be cleaned by the holder's close
   */
  public Cleaner.Cleanable closeWith(Object holder) {
    return CLEANER.register(holder, this::closeLate);
  }

  /** One that leaks, leaks thousands: only the 1st, 2nd, 4th, 8th ... is told, unless traced. */
  private void logLate(long count) {
    if (LeaseTable.isTracing()) {
      LOG.warn(
          "A {} was not closed and held memory until the garbage collector found it: {}",
          subject,
          LeaseTable.describe(leases));
    } else if (Long.bitCount(count) == 1) {
      LOG.warn(
          "A {} was not closed and held memory until the garbage collector found it, number {} of"
              + " such: {}. PythonOptions.traceLeases shows where each was taken",
          subject,
          count,
          LeaseTable.describe(leases));
    }
  }

  /** Says so last: where a container has closed the class loader, telling may fail. */
  private void closeLate() {
    boolean isLate = !gate.isShut();
    close();
    if (isLate) {
      logLate(LATE.incrementAndGet());
    }
  }
}

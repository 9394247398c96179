package dev.ophion.bridge.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Leases by number. A number is a place and how often that place was used before, so finding is two
 * reads of an array, and a lease that comes takes the place of one that went: a map would keep the
 * places of numbers that never come again, and be copied every time it is full of them.
 *
 * <p><b>Threading:</b> thread-safe and lock-free.
 */
final class LeaseSlots {

  /** Places of the first chunk; each chunk has twice those of the one before and never moves. */
  private static final int FIRST_BITS = 8;

  private static final int FIRST = 1 << FIRST_BITS;

  /** The number of chunks up to the last place that an int has. */
  private static final int CHUNKS = Integer.SIZE - 1 - FIRST_BITS;

  private static final int NOWHERE = -1;

  private static final class Chunk {
    final AtomicReferenceArray<@Nullable Lease> leases;

    /** The free place below each free place, as in a stack. */
    final AtomicIntegerArray below;

    /** How often each place was used; written by who has it. */
    final AtomicIntegerArray uses;

    Chunk(int size) {
      leases = new AtomicReferenceArray<>(size);
      below = new AtomicIntegerArray(size);
      uses = new AtomicIntegerArray(size);
    }
  }

  private final AtomicReferenceArray<@Nullable Chunk> chunks = new AtomicReferenceArray<>(CHUNKS);

  /** The free place on top, and above it a count that makes every state of the stack its own. */
  private final AtomicLong top = new AtomicLong(word(0, NOWHERE));

  /** Places that were never used begin here. */
  private final AtomicInteger unused = new AtomicInteger();

  /**
   * Takes a place.
   *
   * @return the number of the lease that is put there; never 0, and never given before
   */
  long reserve() {
    int place = pop();
    if (place == NOWHERE) {
      place = unused.getAndIncrement();
      if (place < 0 || place > Integer.MAX_VALUE - FIRST) {
        unused.decrementAndGet();
        throw new IllegalStateException(
            "Two thousand million pieces of memory are lent: close what is not used any more.");
      }
    }
    Chunk chunk = chunkOf(place);
    int at = offsetOf(place);
    int uses = chunk.uses.get(at) + 1;
    chunk.uses.set(at, uses);
    return word(uses, place);
  }

  /** Puts the lease at the place of its number, where {@link #find} sees it from now on. */
  void put(Lease lease) {
    int place = (int) lease.id();
    chunkOf(place).leases.set(offsetOf(place), lease);
  }

  /** Null if the lease has gone. */
  @Nullable Lease find(long id) {
    int place = (int) id;
    if (place < 0 || place >= unused.get()) {
      return null;
    }
    Lease found = chunkOf(place).leases.get(offsetOf(place));
    return found != null && found.id() == id ? found : null;
  }

  /** Gives the place of a lease to the next one; by who ended it, once. */
  void remove(Lease lease) {
    int place = (int) lease.id();
    Chunk chunk = chunkOf(place);
    int at = offsetOf(place);
    chunk.leases.set(at, null);
    if (chunk.uses.get(at) == Integer.MAX_VALUE) {
      return; // its numbers are used up
    }
    long seen;
    do {
      seen = top.get();
      chunk.below.set(at, (int) seen);
    } while (!top.compareAndSet(seen, word((int) (seen >>> 32) + 1, place)));
  }

  private int pop() {
    while (true) {
      long seen = top.get();
      int place = (int) seen;
      if (place == NOWHERE) {
        return NOWHERE;
      }
      int below = chunkOf(place).below.get(offsetOf(place));
      if (top.compareAndSet(seen, word((int) (seen >>> 32) + 1, below))) {
        return place;
      }
    }
  }

  /** All leases that are there, each as it was at some moment of the walk. */
  List<Lease> all() {
    List<Lease> found = new ArrayList<>();
    for (int i = 0; i < CHUNKS; i++) {
      Chunk chunk = chunks.get(i);
      for (int at = 0; chunk != null && at < chunk.leases.length(); at++) {
        Lease lease = chunk.leases.get(at);
        if (lease != null) {
          found.add(lease);
        }
      }
    }
    return found;
  }

  private Chunk chunkOf(int place) {
    int index = indexOf(place);
    Chunk known = chunks.get(index);
    if (known == null) {
      Chunk made = new Chunk(FIRST << index);
      known = chunks.compareAndExchange(index, null, made);
      if (known == null) {
        known = made;
      }
    }
    return known;
  }

  private static int indexOf(int place) {
    return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(place + FIRST) - FIRST_BITS;
  }

  private static int offsetOf(int place) {
    return place + FIRST - (FIRST << indexOf(place));
  }

  private static long word(int high, int low) {
    return ((long) high << 32) | Integer.toUnsignedLong(low);
  }
}

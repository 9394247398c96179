package dev.ophion.bridge.call;

import dev.ophion.bridge.memory.Lease;
import dev.ophion.natives.HeapArrays;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the arguments of a request refer to and what therefore stays until its reply: counts of
 * leases, arrays of the heap, and counts of handles. Confined to one thread at a time.
 */
final class Held implements AutoCloseable {

  private static final @Nullable Lease[] NO_LEASES = {};
  private static final long[] NO_ARRAYS = {};
  private static final @Nullable HandleClaim[] NO_HANDLES = {};

  private @Nullable Lease[] leases = NO_LEASES;
  private int leaseCount;
  private long[] arrays = NO_ARRAYS;
  private int arrayCount;
  private @Nullable HandleClaim[] handles = NO_HANDLES;
  private int handleCount;

  boolean isEmpty() {
    return leaseCount == 0 && arrayCount == 0 && handleCount == 0;
  }

  /** Takes over a count of a lease, unless it throws. */
  void keep(Lease lease) {
    if (leaseCount == leases.length) {
      leases = Arrays.copyOf(leases, Math.max(4, 2 * leaseCount));
    }
    leases[leaseCount++] = lease;
  }

  /** Keeps an array of the heap and returns the reference of native code to it, or 0. */
  long keepArray(Object array) {
    if (arrayCount == arrays.length) {
      arrays = Arrays.copyOf(arrays, Math.max(4, 2 * arrayCount));
    }
    long reference = HeapArrays.hold(array);
    if (reference != 0) {
      arrays[arrayCount++] = reference;
    }
    return reference;
  }

  /** Takes a count of a handle. */
  void keep(HandleClaim handle) {
    if (handleCount == handles.length) {
      handles = Arrays.copyOf(handles, Math.max(4, 2 * handleCount));
    }
    handle.hold();
    handles[handleCount++] = handle;
  }

  /** Goes on where an earlier one ended half-way, since the stack was full. */
  @Override
  public void close() {
    for (; leaseCount > 0; leaseCount--) {
      Lease last = leases[leaseCount - 1];
      if (last != null) {
        boolean unused = last.tryDrop();
      }
      leases[leaseCount - 1] = null;
    }
    for (; arrayCount > 0; arrayCount--) {
      HeapArrays.release(arrays[arrayCount - 1]);
    }
    for (; handleCount > 0; handleCount--) {
      HandleClaim last = handles[handleCount - 1];
      if (last != null) {
        last.drop();
      }
      handles[handleCount - 1] = null;
    }
  }
}

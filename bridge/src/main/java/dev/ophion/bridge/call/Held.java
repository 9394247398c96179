package dev.ophion.bridge.call;

import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.natives.HeapArrays;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the arguments of a request refer to and what therefore stays until its reply: counts of
 * leases, arrays of the heap, and counts of handles. Confined to one thread at a time.
 */
final class Held implements AutoCloseable {

  private static final long[] NONE = {};
  private static final @Nullable HandleClaim[] NO_HANDLES = {};

  private long[] leases = NONE;
  private int leaseCount;
  private long[] arrays = NONE;
  private int arrayCount;
  private @Nullable HandleClaim[] handles = NO_HANDLES;
  private int handleCount;

  boolean isEmpty() {
    return leaseCount == 0 && arrayCount == 0 && handleCount == 0;
  }

  /** Takes over a count of a lease, also if it throws. */
  void keep(long lease) {
    if (leaseCount == leases.length) {
      try {
        leases = Arrays.copyOf(leases, Math.max(4, 2 * leaseCount));
      } catch (Throwable failure) {
        LeaseTable.drop(lease);
        throw failure;
      }
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

  @Override
  public void close() {
    while (leaseCount > 0) {
      LeaseTable.drop(leases[--leaseCount]);
    }
    while (arrayCount > 0) {
      HeapArrays.release(arrays[--arrayCount]);
    }
    while (handleCount > 0) {
      HandleClaim last = handles[--handleCount];
      handles[handleCount] = null;
      if (last != null) {
        last.drop();
      }
    }
  }
}

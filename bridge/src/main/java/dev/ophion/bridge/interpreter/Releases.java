package dev.ophion.bridge.interpreter;

import java.util.Arrays;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * References that other threads let go of and the carrier is to drop: handles, and pinned buffers.
 * Any thread adds; the carrier drains.
 */
final class Releases {

  /** How many one request takes at most, so that a flood of them does not hold up calls. */
  private static final int BATCH = 1024;

  private final MpscUnboundedVarHandleArrayQueue<Long> handles =
      new MpscUnboundedVarHandleArrayQueue<>(64);
  private final MpscUnboundedVarHandleArrayQueue<Long> pins =
      new MpscUnboundedVarHandleArrayQueue<>(64);

  void addHandle(long handle) {
    handles.offer(handle);
  }

  void addPin(long pin) {
    pins.offer(pin);
  }

  boolean isEmpty() {
    return handles.isEmpty() && pins.isEmpty();
  }

  void drainTo(EngineCalls engine) {
    engine.release(take(handles), take(pins));
  }

  private static long[] take(MpscUnboundedVarHandleArrayQueue<Long> queue) {
    long[] taken = new long[Math.min(BATCH, queue.size())];
    int count = 0;
    while (count < taken.length) {
      Long next = queue.poll();
      if (next == null) {
        break;
      }
      taken[count++] = next;
    }
    return Arrays.copyOf(taken, count);
  }
}

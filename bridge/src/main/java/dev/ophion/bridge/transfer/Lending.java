package dev.ophion.bridge.transfer;

import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.Claim;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.PinOwner;
import java.util.function.LongConsumer;

/** How pinned memory is described to the interpreter that gets it. Stateless. */
final class Lending {

  /** Stands for a lease where an interpreter gets its own memory back; see {@code wire.h}. */
  private static final long OWN = 0;

  /** Takes the description into a request. */
  @FunctionalInterface
  interface Sink {
    void put(long lease, long address);
  }

  private Lending() {}

  /**
   * Takes one more count of a lease for a request and describes the memory. The owner itself gets
   * its pin and no lease: a lease held in the interpreter that it keeps open would never end.
   *
   * @param claim holds the memory
   * @param index which of its leases
   * @param address where the memory is
   * @param target who gets it
   * @param keep takes the number of a lease that is dropped when the request has been carried out
   * @param sink takes what is written
   */
  static void lend(
      Claim claim, int index, long address, PinOwner target, LongConsumer keep, Sink sink) {
    Lease lease = claim.lend(index);
    keep.accept(lease.id());
    put(lease, address, target, sink);
  }

  /** Describes memory of which the request holds a count. */
  static void put(Lease lease, long address, PinOwner target, Sink sink) {
    if (lease.isOf(target)) {
      lease.shareWithOwner();
      sink.put(OWN, lease.pin());
    } else {
      sink.put(lease.id(), address);
    }
  }

  /** The same description with another address and access. */
  static Memory with(Memory memory, long address, boolean readOnly) {
    return new Memory(
        address,
        memory.sizeBytes(),
        readOnly,
        memory.format(),
        memory.itemSizeBytes(),
        memory.shape(),
        memory.strides());
  }
}

package dev.ophion.bridge.transfer;

import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.Claim;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.MemoryOwner;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** How pinned memory is described to the interpreter that gets it. Stateless. */
final class Lending {

  /** Marks a pin where an interpreter gets its own memory back; see {@code wire.h}. */
  private static final long OWN = Long.MIN_VALUE;

  private Lending() {}

  /**
   * Takes one more count of a lease for a request and describes the memory. The owner itself gets
   * its pin and no lease: a lease held in the interpreter that it keeps open would never end.
   *
   * @param claim holds the memory
   * @param index which of its leases
   * @param target who gets it
   * @param keep takes over a count, to be dropped when the request has been carried out
   * @param sink takes the number of the lease, or of the pin with a mark
   */
  static void lend(
      Claim claim, int index, MemoryOwner target, Consumer<Lease> keep, LongConsumer sink) {
    put(claim.lend(index, handing(keep)), target, sink);
  }

  /** Hands a count to whoever keeps it, and returns its lease. */
  static Function<Lease, Lease> handing(Consumer<Lease> keep) {
    return lease -> {
      keep.accept(lease);
      return lease;
    };
  }

  /** Writes the number of a lease of which the request holds a count. */
  static void put(Lease lease, MemoryOwner target, LongConsumer sink) {
    if (lease.isOf(target)) {
      lease.shareWithOwner();
      sink.accept(OWN | lease.pin());
    } else {
      sink.accept(lease.id());
    }
  }

  /** The same description with another access. */
  static Memory with(Memory memory, boolean readOnly) {
    return new Memory(
        memory.address(),
        memory.sizeBytes(),
        readOnly,
        memory.format(),
        memory.itemSizeBytes(),
        memory.shape(),
        memory.strides());
  }
}

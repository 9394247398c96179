package dev.ophion.bridge.memory;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Places that are taken, given back and taken again by two threads, in every order. */
@Tag("interleavings")
public class LeaseSlotsInterleavingsTest {

  private final LeaseSlots slots = new LeaseSlots();
  private final ConcurrentLinkedQueue<Lease> held = new ConcurrentLinkedQueue<>();

  /** Takes a place; whether the lease is found there, and no other. */
  @Operation
  public boolean takeIsFound() {
    Lease lease = Lease.ofJava(slots.reserve(), this, 1);
    slots.put(lease);
    boolean found = slots.find(lease.id()) == lease;
    held.add(lease);
    return found;
  }

  /** Gives one back; whether it is gone by its number. */
  @Operation
  public boolean dropIsGone() {
    Lease lease = held.poll();
    if (lease == null) {
      return true;
    }
    boolean wasThere = slots.find(lease.id()) == lease;
    slots.remove(lease);
    return wasThere && slots.find(lease.id()) == null;
  }

  /** After both threads have ended. */
  @Validate
  public void thoseHeldAreThere() {
    for (Lease lease : held) {
      if (slots.find(lease.id()) != lease) {
        throw new IllegalStateException("%s is not there".formatted(lease.id()));
      }
    }
  }

  @Test
  void takeAndDrop_inEveryOrder_neverMixLeasesUp() {
    new ModelCheckingOptions()
        .iterations(15)
        .invocationsPerIteration(500)
        .threads(2)
        .actorsPerThread(4)
        .actorsBefore(2)
        .sequentialSpecification(Model.class)
        .check(LeaseSlotsInterleavingsTest.class);
  }

  /** Nothing goes wrong. */
  public static class Model {

    /** See the test. */
    public boolean takeIsFound() {
      return true;
    }

    /** See the test. */
    public boolean dropIsGone() {
      return true;
    }
  }
}

package dev.ophion.bridge.memory;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two claims on the memory of one lease, used and closed by two threads in every order that the
 * model checker finds. Memory is given back once, and never while somebody holds a count.
 */
@Tag("interleavings")
public class LeaseInterleavingsTest {

  private final AtomicInteger released = new AtomicInteger();
  private final Lease lease = LeaseTable.ofPython(pin -> released.incrementAndGet(), 1, 1);
  private final Claim first;
  private final Claim second;

  /** Lincheck makes an instance for each run. */
  public LeaseInterleavingsTest() {
    first = new Claim("first", List.of(lease));
    if (!lease.tryAcquire()) {
      throw new IllegalStateException("The lease has ended at its begin.");
    }
    second = new Claim("second", List.of(lease));
  }

  /** Uses the memory through the first claim. */
  @Operation
  public String useFirst() {
    return use(first);
  }

  /** Uses the memory through the second claim. */
  @Operation
  public String useSecond() {
    return use(second);
  }

  /**
   * Uses the memory as native code does, by the lease's number. Whether it has ended depends on how
   * far a close has come, so both answers are right, but one.
   */
  @Operation
  public boolean useByNumberIsSafe() {
    if (!lease.tryAcquire()) {
      return true;
    }
    String seen = seen();
    LeaseTable.drop(lease.id());
    return seen.equals("used");
  }

  /** Closes the first claim. */
  @Operation
  public void closeFirst() {
    first.close();
  }

  /** Closes the second claim. */
  @Operation
  public void closeSecond() {
    second.close();
  }

  private String use(Claim claim) {
    Lease lent;
    try {
      lent = claim.lend(0, taken -> taken);
    } catch (IllegalStateException closed) {
      return "closed";
    }
    String seen = seen();
    lent.drop();
    return seen;
  }

  private String seen() {
    return released.get() == 0 ? "used" : "used after release";
  }

  /** After both threads have ended. */
  @Validate
  public void releasedOnceIfBothAreClosed() {
    int expected = first.isOpen() || second.isOpen() ? 0 : 1;
    if (released.get() != expected) {
      throw new IllegalStateException(
          "released %d times instead of %d".formatted(released.get(), expected));
    }
  }

  @Test
  void useAndClose_inEveryOrder_releaseOnceAndNeverInUse() {
    new ModelCheckingOptions()
        .iterations(30)
        .invocationsPerIteration(1_000)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        // The table is atomic arrays, checked in LeaseSlotsInterleavingsTest; here it is one step.
        .addGuarantee(forClasses(LeaseTable.class.getName()).allMethods().treatAsAtomic())
        .sequentialSpecification(Model.class)
        .check(LeaseInterleavingsTest.class);
  }

  /** What a user may see. */
  public static class Model {
    private boolean firstClosed;
    private boolean secondClosed;

    /** See the test. */
    public String useFirst() {
      return firstClosed ? "closed" : "used";
    }

    /** See the test. */
    public String useSecond() {
      return secondClosed ? "closed" : "used";
    }

    /** See the test. */
    public boolean useByNumberIsSafe() {
      return true;
    }

    /** See the test. */
    public void closeFirst() {
      firstClosed = true;
    }

    /** See the test. */
    public void closeSecond() {
      secondClosed = true;
    }
  }
}

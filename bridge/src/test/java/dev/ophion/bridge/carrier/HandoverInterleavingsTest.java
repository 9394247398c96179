package dev.ophion.bridge.carrier;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Work that is handed over while others give it up, in every order that the model checker finds.
 */
@Tag("interleavings")
public class HandoverInterleavingsTest {

  private final Work work =
      new Work() {
        @Override
        protected void perform(Carrier carrier) {}
      };

  /** How far the carrier is: it begins once, and finishes what it has begun. */
  private int step;

  /** The carrier takes the work out of the queue. */
  @Operation(nonParallelGroup = "carrier")
  public String begin() {
    if (step != 0) {
      return "not now";
    }
    boolean begun = work.begin();
    step = begun ? 1 : 2;
    return begun ? "runs" : "leaves it alone";
  }

  /** The carrier has done the work. */
  @Operation(nonParallelGroup = "carrier")
  public String finish() {
    if (step != 1) {
      return "not now";
    }
    step = 2;
    return work.finish() ? "the caller's" : "the carrier's";
  }

  /** The caller is interrupted, or somebody cancels. */
  @Operation
  public String abandon() {
    return work.abandon().name();
  }

  /** The caller spins. */
  @Operation
  public boolean isDone() {
    return work.isDone();
  }

  @Test
  void work_inEveryOrder_hasOneOwner() {
    new ModelCheckingOptions()
        .iterations(30)
        .invocationsPerIteration(1_000)
        .threads(3)
        .actorsPerThread(3)
        .sequentialSpecification(Model.class)
        .check(HandoverInterleavingsTest.class);
  }

  /** Who owns it, one step at a time. */
  public static class Model {
    private int step;
    private boolean abandoned;
    private boolean begun;
    private boolean done;

    /** See the test. */
    public String begin() {
      if (step != 0) {
        return "not now";
      }
      begun = !abandoned;
      step = begun ? 1 : 2;
      return begun ? "runs" : "leaves it alone";
    }

    /** See the test. */
    public String finish() {
      if (step != 1) {
        return "not now";
      }
      step = 2;
      done = true;
      return abandoned ? "the carrier's" : "the caller's";
    }

    /** See the test. */
    public String abandon() {
      if (done) {
        return "CALLER";
      }
      if (abandoned) {
        return "CARRIER";
      }
      abandoned = true;
      return begun ? "CARRIER" : "ABANDONER";
    }

    /** See the test. */
    public boolean isDone() {
      return done;
    }
  }
}

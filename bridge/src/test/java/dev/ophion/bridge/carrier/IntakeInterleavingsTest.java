package dev.ophion.bridge.carrier;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls that come in while others close the door, in every order that the model checker finds. */
@Tag("interleavings")
public class IntakeInterleavingsTest {

  private final Intake intake = new Intake();

  /** A call comes. */
  @Operation
  public boolean enter() {
    return intake.enter();
  }

  /** The carrier has carried a call out. */
  @Operation(nonParallelGroup = "carrier")
  public void leave() {
    intake.leave();
  }

  /** Somebody closes. */
  @Operation
  public boolean close() {
    return intake.close();
  }

  /** The carrier asks whether it may end. */
  @Operation(nonParallelGroup = "carrier")
  public boolean isDrained() {
    return intake.isDrained();
  }

  @Test
  void enterAndClose_inEveryOrder_leaveNobodyBehindTheDoor() {
    new ModelCheckingOptions()
        .iterations(30)
        .invocationsPerIteration(1_000)
        .threads(3)
        .actorsPerThread(2)
        .sequentialSpecification(IntakeModel.class)
        .check(IntakeInterleavingsTest.class);
  }
}

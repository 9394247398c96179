package dev.ophion.bridge.memory;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory that is touched while others shut the gate, in every order that the checker finds. */
@Tag("interleavings")
public class GateInterleavingsTest {

  private final Gate gate = new Gate();
  private volatile boolean gone;

  /** Touches the memory; {@code false} if it was gone. */
  @Operation
  public boolean touch() {
    int entered = gate.enter();
    if (entered == 0) {
      return true;
    }
    boolean isThere = !gone;
    gate.exit(entered);
    return isThere;
  }

  /** Takes the memory away if nobody is inside. */
  @Operation
  public void free() {
    gate.shut();
    if (gate.isEmpty()) {
      gone = true;
    }
  }

  /** Has the gate for itself for a moment, if it can, and nobody touches the memory then. */
  @Operation
  public void hold() {
    if (gate.hold()) {
      if (gate.isEmpty()) {
        gone = true;
        gone = gate.isShut();
      }
      gate.release();
    }
  }

  @Test
  void touching_inEveryOrder_findsTheMemoryThere() {
    new ModelCheckingOptions()
        .iterations(30)
        .invocationsPerIteration(1_000)
        .threads(3)
        .actorsPerThread(3)
        .sequentialSpecification(Model.class)
        .check(GateInterleavingsTest.class);
  }

  /** Memory is never touched when it has gone. */
  public static class Model {

    /** See the test. */
    public boolean touch() {
      return true;
    }

    /** See the test. */
    public void free() {}

    /** See the test. */
    public void hold() {}
  }
}

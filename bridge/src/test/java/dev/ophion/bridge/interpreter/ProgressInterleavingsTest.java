package dev.ophion.bridge.interpreter;

import dev.ophion.bridge.carrier.IntakeModel;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Closers beside a carrier that starts and ends, in every order that the model checker finds. */
@Tag("interleavings")
public class ProgressInterleavingsTest {

  private final Progress progress = new Progress();

  /** A call comes. */
  @Operation
  public boolean enter() {
    return progress.intake().enter();
  }

  /** The carrier has carried a call out. */
  @Operation(nonParallelGroup = "carrier")
  public void leave() {
    progress.intake().leave();
  }

  /** Somebody closes. */
  @Operation
  public boolean close() {
    return progress.beginClose(false, 0);
  }

  /** Somebody closes, and cancels. */
  @Operation
  public boolean cancel() {
    return progress.beginClose(true, 0);
  }

  /** The carrier asks whether it is to refuse what it has taken. */
  @Operation(nonParallelGroup = "carrier")
  public boolean isCancelled() {
    return progress.isCancelled();
  }

  /** The carrier has started. */
  @Operation(nonParallelGroup = "carrier")
  public void started() {
    progress.started();
  }

  /** The carrier ends if it may. */
  @Operation(nonParallelGroup = "carrier")
  public boolean end() {
    if (!progress.intake().isDrained() || progress.stage().isEnd()) {
      return false;
    }
    progress.advance(Stage.SEALED);
    progress.advance(Stage.CLOSED);
    return true;
  }

  /** Somebody asks for the state. */
  @Operation
  public boolean hasEnded() {
    return progress.stage().isEnd();
  }

  @Test
  void closesBesideTheEnd_inEveryOrder_leaveItEnded() {
    new ModelCheckingOptions()
        .iterations(30)
        .invocationsPerIteration(1_000)
        .threads(3)
        .actorsPerThread(2)
        .sequentialSpecification(Model.class)
        .check(ProgressInterleavingsTest.class);
  }

  /** What one thread would see. */
  public static class Model extends IntakeModel {
    private boolean cancelled;
    private boolean ended;

    /** See the test. */
    public boolean cancel() {
      cancelled |= !ended;
      return close();
    }

    /** See the test. */
    public boolean isCancelled() {
      return cancelled;
    }

    /** See the test. */
    public void started() {
      // No caller can tell.
    }

    /** See the test. */
    public boolean end() {
      boolean first = isDrained() && !ended;
      ended |= first;
      return first;
    }

    /** See the test. */
    public boolean hasEnded() {
      return ended;
    }
  }
}

package dev.ophion.bridge.inbox;

import java.util.ArrayDeque;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Items that are put while one thread takes, in every order that the model checker finds. */
@Tag("interleavings")
@Param(name = "value", gen = IntGen.class)
public class InboxInterleavingsTest {

  private static final class Numbered extends Item {
    final int value;

    Numbered(int value) {
      this.value = value;
    }
  }

  private final Inbox<Numbered> inbox = new Inbox<>();

  /** Somebody puts. */
  @Operation
  public void put(int value) {
    inbox.put(new Numbered(value));
  }

  /** The one thread takes. */
  @Operation(nonParallelGroup = "taker")
  public @Nullable Integer poll() {
    Numbered taken = inbox.poll();
    return taken == null ? null : Integer.valueOf(taken.value);
  }

  /** The one thread looks. */
  @Operation(nonParallelGroup = "taker")
  public boolean hasItems() {
    return inbox.hasItems();
  }

  @Test
  void putAndPoll_inEveryOrder_loseNothingAndKeepTheOrder() {
    new ModelCheckingOptions()
        .iterations(30)
        .invocationsPerIteration(1_000)
        .threads(3)
        .actorsPerThread(3)
        .sequentialSpecification(Model.class)
        .check(InboxInterleavingsTest.class);
  }

  /** A queue. */
  public static class Model {
    private final ArrayDeque<Integer> queue = new ArrayDeque<>();

    /** See the test. */
    public void put(int value) {
      queue.addLast(value);
    }

    /** See the test. */
    public @Nullable Integer poll() {
      return queue.pollFirst();
    }

    /** See the test. */
    public boolean hasItems() {
      return !queue.isEmpty();
    }
  }
}

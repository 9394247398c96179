package dev.ophion.bridge.carrier;

/** What one thread would see of an intake: a door and a count. */
public class IntakeModel {
  private int inside;
  private boolean closed;

  /** See the tests. */
  public boolean enter() {
    if (!closed) {
      inside++;
    }
    return !closed;
  }

  /** See the tests. */
  public void leave() {
    inside--;
  }

  /** See the tests. */
  public boolean close() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  /** See the tests. */
  public boolean isDrained() {
    return closed && inside == 0;
  }
}

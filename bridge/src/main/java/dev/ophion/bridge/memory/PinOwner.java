package dev.ophion.bridge.memory;

/** An interpreter, as the owner of memory that others use. */
public interface PinOwner {

  /**
   * Enqueues the release of a pin on the carrier. Any thread; neither waits nor throws.
   *
   * @param pin its number in the engine
   */
  void releasePin(long pin);
}

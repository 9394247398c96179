package dev.ophion.bridge.memory;

/** The owner of memory that others use: an interpreter, or a mapping of the runtime. */
public interface PinOwner {

  /**
   * Releases a pin, an interpreter on its carrier a little later. Any thread; neither waits nor
   * throws.
   *
   * @param pin its number in the engine; 0 for a mapping
   */
  void releasePin(long pin);
}

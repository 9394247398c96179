package dev.ophion.bridge.call;

/**
 * What stands for a Python object, as requests see it. A class, since telling the interfaces of an
 * object apart writes to a cache line of its class, which cores that pass handles would share.
 */
public abstract class Handle {

  /** For subclasses. */
  protected Handle() {}

  /**
   * Returns what a request holds while it needs the object.
   *
   * @param target whom the request is for
   * @throws dev.ophion.NotTransferableException if the object is of another interpreter
   * @throws IllegalStateException if it is closed
   */
  public abstract HandleClaim claimFor(Target target);
}

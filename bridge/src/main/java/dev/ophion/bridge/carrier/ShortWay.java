package dev.ophion.bridge.carrier;

/**
 * The way to a carrier beside its queue, with room for one piece of work that is not an object of
 * its own. A class, since the carrier looks here all the time while it spins: with one subclass
 * there is nothing to be looked up.
 *
 * <p><b>Threading:</b> all methods are called on the carrier.
 */
public abstract class ShortWay extends Handover {

  /** For subclasses. */
  protected ShortWay() {}

  /** Whether there is something to be answered. */
  protected abstract boolean isPosted();

  /**
   * Has the posted request carried out, attached; {@link #answer} is to follow.
   *
   * @param interpreter the host's address
   */
  protected abstract void carryOut(long interpreter);

  /** Makes the posted request fail; {@link #answer} is to follow. */
  protected abstract void fail(Throwable reason);

  /** Hands back what came of the posted request. */
  protected abstract void answer(Carrier carrier);
}

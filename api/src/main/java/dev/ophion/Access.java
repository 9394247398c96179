package dev.ophion;

/** What the receivers of shared memory may do with it. */
public enum Access {
  /** Receivers see it read-only, whatever the sender's own view allows. */
  READ_ONLY,

  /**
   * Receivers may write where the sender itself may. Two writers at once are a data race that the
   * caller has to order.
   */
  WRITABLE
}

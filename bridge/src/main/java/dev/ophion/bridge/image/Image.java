package dev.ophion.bridge.image;

/** One loaded copy of libpython whose CPython runs, or will run. Thread-safe. */
public interface Image {

  /**
   * Makes an interpreter on the calling thread, which becomes its carrier and stays attached.
   *
   * @param id its number in upcalls
   * @param ownGil {@code false} to share the main interpreter's GIL
   * @return the host's address of it
   * @throws dev.ophion.StartException if CPython refuses
   */
  long newInterpreter(long id, boolean ownGil);

  /** An interpreter of it has ended. Called on that interpreter's carrier. */
  void interpreterEnded();
}

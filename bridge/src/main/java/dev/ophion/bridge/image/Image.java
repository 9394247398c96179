package dev.ophion.bridge.image;

/** One loaded copy of libpython whose CPython runs. Thread-safe. */
public interface Image {

  /**
   * Makes a subinterpreter on the calling thread, which becomes its carrier and stays attached.
   *
   * @param id its number in upcalls
   * @param ownGil {@code false} to share the main interpreter's GIL
   * @return the host's address of it
   * @throws dev.ophion.StartException if CPython refuses
   */
  long newInterpreter(long id, boolean ownGil);

  /**
   * Ends CPython ({@code Py_FinalizeEx}). Every interpreter has ended before. Idempotent.
   *
   * @throws dev.ophion.OphionException if it fails
   */
  void stop();
}

package dev.ophion.bridge.report;

import dev.ophion.Isolation;
import java.io.IOException;

/**
 * Tries imports where a crash does no harm. Closing it ends its processes and removes its files.
 *
 * <p>Threading: confined to its thread; an interrupt ends what runs.
 */
interface Trial extends AutoCloseable {

  /**
   * Imports modules in an interpreter of their own.
   *
   * @throws dev.ophion.StartException if the thread is interrupted
   */
  ProbeResult run(Isolation isolation, ProbeTask wanted) throws IOException;

  /** Returns how its results differ from those of real interpreters; empty if they do not. */
  String caveat();

  @Override
  void close();
}

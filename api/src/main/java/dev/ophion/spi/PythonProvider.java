package dev.ophion.spi;

import dev.ophion.Python;
import dev.ophion.PythonOptions;

/** Starts the runtime; implemented by the artifact {@code ophion-bridge}. Thread-safe. */
public interface PythonProvider {

  /**
   * Returns the runtime of this JVM, starting it if there is none.
   *
   * @param options how to start it
   * @return the running runtime
   * @throws dev.ophion.StartException if it cannot be started, or runs with other options
   */
  Python start(PythonOptions options);
}

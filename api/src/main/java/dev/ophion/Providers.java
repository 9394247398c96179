package dev.ophion;

import dev.ophion.spi.PythonProvider;
import java.util.Iterator;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the runtime behind the API. Stateless. */
final class Providers {

  private Providers() {}

  static PythonProvider provider() {
    // No stream and no lambda, whose first uses in a JVM cost milliseconds of the start.
    PythonProvider found = first(PythonProvider.class.getClassLoader());
    if (found == null) {
      found = first(Thread.currentThread().getContextClassLoader());
    }
    if (found == null) {
      throw new StartException(
          "No Ophion runtime was found. Add the dependency dev.ophion:ophion-bridge"
              + " (the same version as ophion-api) to the run-time class path.");
    }
    return found;
  }

  private static @Nullable PythonProvider first(@Nullable ClassLoader loader) {
    Iterator<PythonProvider> all = ServiceLoader.load(PythonProvider.class, loader).iterator();
    return all.hasNext() ? all.next() : null;
  }
}

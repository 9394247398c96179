package dev.ophion;

import dev.ophion.spi.PythonProvider;
import java.util.ServiceLoader;

/** Finds the runtime behind the API. Stateless. */
final class Providers {

  private Providers() {}

  static PythonProvider provider() {
    return ServiceLoader.load(PythonProvider.class, PythonProvider.class.getClassLoader())
        .findFirst()
        .or(() -> ServiceLoader.load(PythonProvider.class).findFirst())
        .orElseThrow(
            () ->
                new StartException(
                    "No Ophion runtime was found. Add the dependency dev.ophion:ophion-bridge"
                        + " (the same version as ophion-api) to the run-time class path."));
  }
}

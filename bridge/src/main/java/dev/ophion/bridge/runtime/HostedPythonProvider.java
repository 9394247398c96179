package dev.ophion.bridge.runtime;

import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.StartException;
import dev.ophion.spi.PythonProvider;
import org.jspecify.annotations.Nullable;

/** Holds the runtime of this JVM. Thread-safe. */
public final class HostedPythonProvider implements PythonProvider {

  private static final Object LOCK = new Object();

  /** Guarded by {@link #LOCK}. */
  private static @Nullable HostedPython current;

  /** For {@link java.util.ServiceLoader}. */
  public HostedPythonProvider() {}

  @Override
  public Python start(PythonOptions options) {
    synchronized (LOCK) {
      HostedPython running = current;
      if (running == null || running.isClosed()) {
        HostedPython started = HostedPython.start(options);
        current = started;
        return started;
      }
      if (running.isClosing()) {
        throw new StartException(
            "The runtime that was started before is still closing ("
                + running.describe()
                + "): call its close() again, or wait for it.");
      }
      if (!running.options().equals(options)) {
        throw new StartException(
            "The runtime runs already, with other options. There is one in a JVM: use the same"
                + " options, or close it first. It has %s; wanted were %s."
                    .formatted(running.options(), options));
      }
      return running;
    }
  }
}

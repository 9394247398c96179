package dev.ophion.bridge.runtime;

import dev.ophion.CloseTimeoutException;
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
      if (running != null && running.isClosing()) {
        awaitEnd(running);
      }
      if (running == null || running.isClosed()) {
        HostedPython started = HostedPython.start(options);
        current = started;
        return started;
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

  /** What holds it may be garbage that nobody has collected yet. */
  private static void awaitEnd(HostedPython closing) {
    CloseTimeoutException reason = null;
    try {
      closing.close(closing.options().closeTimeout());
    } catch (CloseTimeoutException late) {
      reason = late;
    }
    if (!closing.isClosed()) {
      throw new StartException(
          "The runtime that was started before is still closing (%s): call its close(Duration), or"
                  .formatted(closing.describe())
              + " wait for it.",
          reason);
    }
  }
}

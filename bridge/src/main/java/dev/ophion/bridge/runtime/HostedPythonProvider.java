package dev.ophion.bridge.runtime;

import dev.ophion.CloseTimeoutException;
import dev.ophion.DType;
import dev.ophion.Python;
import dev.ophion.PythonOptions;
import dev.ophion.SharedMemory;
import dev.ophion.SharedMemoryOptions;
import dev.ophion.StartException;
import dev.ophion.bridge.cache.CacheDirectory;
import dev.ophion.bridge.cache.CacheFolders;
import dev.ophion.bridge.memory.Mapping;
import dev.ophion.bridge.transfer.MappedArray;
import dev.ophion.natives.NativeLibraries;
import dev.ophion.spi.PythonProvider;
import java.nio.file.Path;
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

  @Override
  public SharedMemory allocateSharedMemory(SharedMemoryOptions options, DType dtype, long[] shape) {
    prepareNatives();
    return MappedArray.allocate(options, dtype, shape);
  }

  @Override
  public SharedMemory openSharedMemory(SharedMemoryOptions options, DType dtype, long[] shape) {
    prepareNatives();
    return MappedArray.open(options, dtype, shape);
  }

  @Override
  public boolean unlinkSharedMemory(String name) {
    prepareNatives();
    return Mapping.unlink(name);
  }

  /** Where no runtime has started yet, nobody has said where native code is unpacked. */
  private static void prepareNatives() {
    if (!NativeLibraries.isFolderChosen()) {
      Path folder = CacheFolders.of(PythonOptions.defaults()).distribution();
      Natives.load(CacheDirectory.prepare(folder));
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

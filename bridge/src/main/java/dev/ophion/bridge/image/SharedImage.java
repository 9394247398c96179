package dev.ophion.bridge.image;

import dev.ophion.OphionException;
import dev.ophion.StartException;
import dev.ophion.natives.Host;
import dev.ophion.natives.NativeLibraries;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The image that hosts all subinterpreters. Its libpython is global, because the standard library's
 * extension modules find Python's symbols that way; it stays loaded for the life of the process,
 * since CPython cannot be unloaded while its extension modules are mapped.
 */
public final class SharedImage implements Image {

  private static final Object OPEN_LOCK = new Object();

  /** Guarded by {@link #OPEN_LOCK}: libpython is opened once and started as often as needed. */
  private static @Nullable Opened opened;

  private record Opened(Path libpython, long address) {}

  private final long address;
  private final ExecutorService mainThread;

  private SharedImage(long address, ExecutorService mainThread) {
    this.address = address;
    this.mainThread = mainThread;
  }

  /**
   * Loads libpython, if this process has not yet, and starts CPython on a thread of its own.
   *
   * @param config what it starts with
   * @return the running image
   * @throws StartException if loading or {@code Py_InitializeFromConfig} fails
   */
  public static SharedImage start(ImageConfig config) {
    checkSearchPaths(config);
    long address = open(config.libpython());
    ExecutorService mainThread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(null, task, "ophion-main", 16L << 20);
              thread.setDaemon(true);
              return thread;
            });
    SharedImage image = new SharedImage(address, mainThread);
    try {
      image.onMainThread(() -> image.startPython(config));
      return image;
    } catch (RuntimeException failure) {
      mainThread.shutdown();
      throw new StartException(
          "CPython did not start: %s. If files are missing from %s, delete that folder: it is unpacked again."
              .formatted(failure.getMessage(), config.home()),
          failure);
    }
  }

  private static void checkSearchPaths(ImageConfig config) {
    for (Path entry : config.searchPaths()) {
      if (entry.toString().contains("\n")) {
        throw new StartException(
            "The sys.path entry '%s' holds a line break: rename it.".formatted(entry));
      }
    }
  }

  private static long open(Path libpython) {
    synchronized (OPEN_LOCK) {
      if (opened == null) {
        opened = new Opened(libpython, openLibraries(libpython));
      } else if (!opened.libpython.equals(libpython)) {
        throw new StartException(
            "This JVM has loaded %s and cannot load %s beside it: start with the same cacheDirectory as before."
                .formatted(opened.libpython, libpython));
      }
      return opened.address;
    }
  }

  private static long openLibraries(Path libpython) {
    try {
      Path engine = NativeLibraries.unpack("libophion_engine.so");
      return Host.openImage(libpython.toString(), engine.toString(), true);
    } catch (LinkageError | RuntimeException failure) {
      throw new StartException("libpython could not be loaded: " + failure.getMessage(), failure);
    }
  }

  private void startPython(ImageConfig config) {
    String searchPaths =
        config.searchPaths().stream().map(entry -> entry + "\n").collect(Collectors.joining());
    Host.startImage(
        address,
        config.home().toString(),
        config.executable().toString(),
        searchPaths,
        config.useEnvironment(),
        config.userSite());
  }

  private void onMainThread(Runnable task) {
    Future<?> done = mainThread.submit(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          done.get();
          return;
        } catch (InterruptedException e) {
          // Half-started is no state to leave CPython in; the caller learns of it afterwards.
          interrupted = true;
        }
      }
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof RuntimeException cause
          ? cause
          : new OphionException("CPython's main thread failed", failure.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public long newInterpreter(long id, boolean ownGil) {
    try {
      return Host.newInterpreter(address, id, ownGil);
    } catch (RuntimeException failure) {
      throw new StartException(
          "CPython could not create a subinterpreter: " + failure.getMessage(), failure);
    }
  }

  @Override
  public void stop() {
    if (mainThread.isShutdown()) {
      return;
    }
    try {
      onMainThread(() -> Host.stopImage(address));
    } finally {
      mainThread.shutdown();
    }
  }
}

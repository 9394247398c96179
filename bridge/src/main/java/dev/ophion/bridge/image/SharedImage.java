package dev.ophion.bridge.image;

import dev.ophion.OphionException;
import dev.ophion.StartException;
import dev.ophion.bridge.copies.Slot;
import dev.ophion.natives.Host;
import dev.ophion.natives.NativeLibraries;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The image that hosts all subinterpreters. It stays loaded for the life of the process: whoever
 * closes and starts the runtime again gets the same.
 */
public final class SharedImage {

  private static final Object OPEN_LOCK = new Object();

  /** Guarded by {@link #OPEN_LOCK}: libpython is opened once and started as often as needed. */
  private static @Nullable Opened opened;

  private record Opened(ImageFiles files, Slot slot, LoadedImage image) {}

  private final LoadedImage loaded;
  private final ExecutorService mainThread;

  private SharedImage(LoadedImage loaded, ExecutorService mainThread) {
    this.loaded = loaded;
    this.mainThread = mainThread;
  }

  /**
   * Loads libpython, if this process has not yet, and starts CPython on a thread of its own.
   *
   * @param config what it starts with
   * @param files what it loads
   * @return the running image
   * @throws StartException if loading or {@code Py_InitializeFromConfig} fails
   */
  public static SharedImage start(ImageConfig config, ImageFiles files) {
    LoadedImage loaded = open(files);
    // No lambdas on this path, the first of which cost a JVM's start milliseconds.
    ExecutorService mainThread =
        Executors.newSingleThreadExecutor(
            new ThreadFactory() {
              @Override
              public Thread newThread(Runnable task) {
                Thread thread = new Thread(null, task, "ophion-main", 16L << 20);
                thread.setDaemon(true);
                return thread;
              }
            });
    SharedImage image = new SharedImage(loaded, mainThread);
    try {
      image.onMainThread(
          new Runnable() {
            @Override
            public void run() {
              loaded.start(config);
            }
          });
      return image;
    } catch (RuntimeException failure) {
      mainThread.shutdown();
      throw failure;
    }
  }

  private static LoadedImage open(ImageFiles files) {
    synchronized (OPEN_LOCK) {
      String parked = ProcessSlots.unpark(NativeLibraries.load().toString());
      if (opened == null) {
        opened = openFirst(files, parked);
        return opened.image;
      }
      Path libpython = opened.files.original();
      if (!libpython.equals(files.original())) {
        throw new StartException(
            "This JVM has loaded %s and cannot load %s beside it: start with the same cacheDirectory as before."
                .formatted(libpython, files.original()));
      }
      // Its modules go on to depend on the copy that is loaded, whatever the original has become.
      ImageSlots.again(opened.slot, opened.files);
      return opened.image;
    }
  }

  private static Opened openFirst(ImageFiles files, @Nullable String parked) {
    if (parked != null) {
      Slot slot = LoadedImage.slotOf(parked);
      ImageSlots.Loading again = ImageSlots.again(slot, files);
      LoadedImage image = LoadedImage.unpark(parked, again);
      if (image != null) {
        return new Opened(files, slot, image);
      }
      // Its files have changed: it stays mapped, and keeps its number.
      ImageSlots.free(again, true);
    }
    ImageSlots.Loading loading = ImageSlots.takeShared(files);
    try {
      return new Opened(files, loading.slot(), LoadedImage.open(loading));
    } catch (RuntimeException | Error failure) {
      ImageSlots.free(loading, false);
      throw failure;
    }
  }

  /** Leaves the stopped image to whoever starts next, which may be another class loader. */
  private void park() {
    synchronized (OPEN_LOCK) {
      if (opened != null) {
        ProcessSlots.park(NativeLibraries.load().toString(), loaded.parked(opened.slot));
      }
    }
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

  /**
   * Returns the image for an interpreter.
   *
   * @param executable becomes its {@code sys.executable}, whatever that of the main interpreter is
   * @return an image whose interpreters are subinterpreters of this one
   */
  Image withExecutable(Path executable) {
    return new Image() {
      @Override
      public long newInterpreter(long id, boolean ownGil) {
        return newSubinterpreter(id, executable, ownGil);
      }

      @Override
      public void interpreterEnded() {
        // The image is for others too.
      }
    };
  }

  private long newSubinterpreter(long id, Path executable, boolean ownGil) {
    try {
      return Host.newInterpreter(loaded.address(), id, executable.toString(), ownGil, false);
    } catch (RuntimeException failure) {
      throw new StartException(
          "CPython could not create a subinterpreter: " + failure.getMessage(), failure);
    }
  }

  /**
   * Ends CPython ({@code Py_FinalizeEx}). Every interpreter has ended before. Idempotent.
   *
   * @throws OphionException if it fails
   */
  public void stop() {
    if (mainThread.isShutdown()) {
      return;
    }
    try {
      onMainThread(() -> Host.stopImage(loaded.address()));
      park();
    } finally {
      mainThread.shutdown();
    }
  }
}

package dev.ophion.bridge.image;

import dev.ophion.StartException;
import dev.ophion.bridge.copies.Slot;
import dev.ophion.natives.Host;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image's libpython and engine in this process.
 *
 * @param address the host's address of it
 * @param files what was opened, dependents first
 */
record LoadedImage(long address, List<Path> files) {

  private static final String SEPARATOR = "\n";

  /** Host.openImage. */
  interface Opener {
    long open(String libpython, String engine, long slot);
  }

  /**
   * Loads them.
   *
   * @throws StartException if that fails
   */
  static LoadedImage open(ImageSlots.Loading loading) {
    // No lambda, the first of which costs a JVM's start milliseconds.
    Opener host =
        new Opener() {
          @Override
          public long open(String libpython, String engine, long slot) {
            return Host.openImage(libpython, engine, slot);
          }
        };
    return open(loading, host);
  }

  static LoadedImage open(ImageSlots.Loading loading, Opener opener) {
    try {
      Path libpython = loading.libpython();
      Path engine = loading.engine();
      long address;
      try {
        address = opener.open(libpython.toString(), engine.toString(), loading.slot().number());
      } catch (RuntimeException failure) {
        if (Files.exists(libpython) && Files.exists(engine)) {
          throw failure;
        }
        // Somebody has removed them since: asking again makes them again.
        libpython = loading.libpython();
        engine = loading.engine();
        address = opener.open(libpython.toString(), engine.toString(), loading.slot().number());
      }
      return new LoadedImage(address, List.of(engine, libpython));
    } catch (LinkageError | RuntimeException failure) {
      throw failure instanceof StartException known
          ? known
          : new StartException("libpython could not be loaded: " + failure.getMessage(), failure);
    }
  }

  /** Writes down what {@link #unpark} finds it by; no class of this class loader may be in it. */
  String parked(Slot slot) {
    return slot.number() + SEPARATOR + address + SEPARATOR + lines(files);
  }

  static Slot slotOf(String parked) {
    return new Slot(Integer.parseInt(parked.substring(0, parked.indexOf(SEPARATOR))));
  }

  /** Returns a parked image; null if its files are not those that would be opened now. */
  static @Nullable LoadedImage unpark(String parked, ImageSlots.Loading loading) {
    List<Path> files = List.of(loading.engine(), loading.libpython());
    List<String> words = parked.lines().toList();
    LoadedImage image = new LoadedImage(Long.parseLong(words.get(1)), files);
    return image.parked(loading.slot()).equals(parked) ? image : null;
  }

  /** Starts CPython on the calling thread. */
  void start(ImageConfig config) {
    try {
      ImageSlots.requireNoGlobalPython();
    } catch (IllegalStateException refusal) {
      throw new StartException("CPython did not start: " + refusal.getMessage(), refusal);
    }
    for (Path entry : config.searchPaths()) {
      if (entry.toString().contains(SEPARATOR)) {
        throw new StartException(
            "The sys.path entry '%s' holds a line break: rename it.".formatted(entry));
      }
    }
    try {
      Host.startImage(
          address,
          config.home().toString(),
          config.executable().toString(),
          lines(config.searchPaths()),
          config.useEnvironment(),
          config.userSite());
    } catch (RuntimeException failure) {
      throw new StartException(
          "CPython did not start: %s. If files in %s are missing or damaged, delete that folder: it is unpacked again (errors.md#broken-files)."
              .formatted(failure.getMessage(), config.home()),
          failure);
    }
  }

  /**
   * Closes it on the thread that opened it, after its CPython has ended.
   *
   * @param unmap whether to unmap it with its copies of libraries
   * @return {@code false} if something stays mapped
   */
  boolean close(ImageSlots.Loading loading, boolean unmap) {
    List<Path> closed = new ArrayList<>();
    loading
        .libraries()
        .forEach(
            (original, file) -> {
              if (!file.equals(original)) {
                closed.add(file);
              }
            });
    closed.addAll(files);
    return Host.closeImage(address, lines(closed), unmap);
  }

  private static String lines(Collection<Path> paths) {
    StringBuilder lines = new StringBuilder();
    for (Path path : paths) {
      lines.append(path).append(SEPARATOR);
    }
    return lines.toString();
  }
}

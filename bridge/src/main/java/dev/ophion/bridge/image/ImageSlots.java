package dev.ophion.bridge.image;

import dev.ophion.bridge.copies.Slot;
import dev.ophion.natives.Host;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The numbers of this class loader's images, which differ from those of others. Copies on disk are
 * made for a number, so the lowest free one is taken; that of an image which stays mapped is never
 * free again. Thread-safe.
 */
public final class ImageSlots {

  private static final String GLOBAL_PYTHON =
      "A libpython of this process is visible to all libraries, so that extension modules would use"
          + " it instead of their own: something has loaded it with RTLD_GLOBAL, for example"
          + " Loader.load(org.bytedeco.cpython.global.python.class) or Jep. Do not load it in this"
          + " JVM (errors.md#global-libpython).";

  private static final ConcurrentHashMap<Slot, Loading> LOADING = new ConcurrentHashMap<>();

  private static final Set<Slot> RETIRED = ConcurrentHashMap.newKeySet();

  /** The number of the shared image, once it is known. */
  private static volatile Slot shared = Slot.SHARED;

  /** Where an image's files come from, and the libraries it has asked for, with their copies. */
  record Loading(Slot slot, ImageFiles files, MemoryCopies memory, Map<Path, Path> libraries) {

    Loading(Slot slot, ImageFiles files, MemoryCopies memory) {
      this(slot, files, memory, new ConcurrentHashMap<>());
    }

    Path libpython() {
      return memory.open(files.copies(), files.original(), false);
    }

    Path engine() {
      return memory.open(files.copies(), files.engine(), false);
    }

    Path library(Path original, boolean isExtension) {
      return memory.open(files.copies(), original, isExtension);
    }
  }

  private ImageSlots() {}

  /** Takes the lowest number that is free, for a private image. */
  static Loading take(ImageFiles files) {
    Slot slot = ProcessSlots.take(Slot.SHARED.number() + 1);
    return begin(slot, files, MemoryCopies.of(slot));
  }

  /**
   * Takes a number for the shared image: that of its copies, unless another class loader has it.
   */
  static Loading takeShared(ImageFiles files) {
    Slot slot = ProcessSlots.take(Slot.SHARED.number());
    shared = slot;
    return begin(slot, files, MemoryCopies.none(slot));
  }

  /** Begins anew with the shared image, which starts again in the same process. */
  static Loading again(Slot slot, ImageFiles files) {
    shared = slot;
    return begin(slot, files, MemoryCopies.none(slot));
  }

  private static Loading begin(Slot slot, ImageFiles files, MemoryCopies memory) {
    Loading loading = new Loading(slot, files, memory);
    LOADING.put(slot, loading);
    return loading;
  }

  /** Gives a number back. */
  static void free(Loading loading, boolean staysMapped) {
    loading.files().copies().forget(loading.slot());
    loading.memory().forget();
    LOADING.remove(loading.slot(), loading);
    if (staysMapped) {
      RETIRED.add(loading.slot());
    } else {
      ProcessSlots.free(loading.slot());
    }
  }

  /**
   * Counts the private images that have ended and could not be unmapped.
   *
   * @return how many there are
   */
  public static int retired() {
    return RETIRED.size();
  }

  /**
   * Counts the private images that have not ended.
   *
   * @return how many there are
   */
  public static int open() {
    return (int) LOADING.keySet().stream().filter(slot -> !slot.equals(shared)).count();
  }

  /**
   * Says which file an image opens instead of a library. For upcalls.
   *
   * @param number the image's number
   * @param library the file that Python asks for
   * @param isExtension whether it is an extension module, or a library for {@code ctypes}
   * @return the file to open
   * @throws RuntimeException if it must not be opened; the message is for an {@code ImportError}
   */
  public static String relocated(long number, String library, boolean isExtension) {
    requireNoGlobalPython();
    Loading loading = LOADING.get(new Slot((int) number));
    if (loading == null) {
      throw new IllegalStateException("the image %d has ended".formatted(number));
    }
    Path original = Path.of(library);
    Path file = loading.library(original, isExtension);
    loading.libraries().put(original, file);
    return file.toString();
  }

  /** Refuses to load beside a libpython that would take the place of every other. */
  static void requireNoGlobalPython() {
    if (Host.isPythonGlobal()) {
      throw new IllegalStateException(GLOBAL_PYTHON);
    }
  }
}

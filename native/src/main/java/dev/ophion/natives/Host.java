package dev.ophion.natives;

import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code host.h}. JavaCPP generates the JNI glue from this class.
 *
 * <p>Images and interpreters are addresses; a wrong one crashes the JVM, so only the bridge sees
 * this class. Functions throw {@link RuntimeException} with the engine's reason unless they are
 * marked {@link NoException}.
 */
@Platform(
    value = "linux-x86_64",
    include = "host/host.h",
    // Otherwise strings cross in the default charset, by methods that JavaCPP looks up when its own
    // classes are started; text.h turns these into UTF-8.
    define = "MODIFIED_UTF8_STRING 1",
    compiler = {"cpp17", "dev_ophion"},
    link = "dl")
@Namespace("ophion")
public final class Host {

  /** Memory that other processes find by a POSIX name ({@code shm_open}). */
  public static final int NAMED_MEMORY = 0;

  /** Memory of a file. */
  public static final int FILE_MEMORY = 1;

  /** Memory that other processes find by this one's descriptor ({@code memfd_create}). */
  public static final int MEMFD_MEMORY = 2;

  private static volatile @Nullable Upcalls upcalls;

  static {
    NativeLibraries.load();
    bind();
  }

  private Host() {}

  /**
   * Sets who answers native code. To be called once, before an image is opened.
   *
   * @param handler answers for the life of the JVM
   */
  public static void answerWith(Upcalls handler) {
    upcalls = handler;
  }

  @Raw(withEnv = true)
  private static native void bind();

  /**
   * Whether a libpython of this process is visible to all libraries, so that no other would be
   * used.
   *
   * @return {@code true} if {@code dlsym(RTLD_DEFAULT, "Py_Initialize")} finds one
   */
  @NoException
  @Cast("bool")
  @Name("is_python_global")
  public static native boolean isPythonGlobal();

  /**
   * Whether libraries can be loaded that are in no file on disk.
   *
   * @return {@code false} where this system forbids it
   */
  @NoException
  @Cast("bool")
  @Name("can_load_from_memory")
  public static native boolean canLoadFromMemory();

  /**
   * Makes an empty file in memory for an image's copy of a library.
   *
   * @param slot the image's number
   * @param base the file that it will be a copy of; equal pages are taken from there once the copy
   *     has been loaded
   * @return the path to write to, and to load it by; good until it has been loaded, and for as long
   *     as it stays loaded
   */
  @Name("make_memory_copy")
  public static native String makeMemoryCopy(long slot, String base);

  /**
   * Takes back a path of {@link #makeMemoryCopy} that was not loaded.
   *
   * @param slot the image's number
   * @param path the path
   */
  @NoException
  @Name("drop_memory_copy")
  public static native void dropMemoryCopy(long slot, String path);

  /**
   * Whether a path of {@link #makeMemoryCopy} is still good for loading.
   *
   * @param slot the image's number
   * @param path the path
   * @return {@code false} if the library was loaded and is not any more
   */
  @NoException
  @Cast("bool")
  @Name("has_memory_copy")
  public static native boolean hasMemoryCopy(long slot, String path);

  /**
   * Loads a library that others depend on ({@code RTLD_LAZY}).
   *
   * @param path its file
   */
  @Name("preload")
  public static native void preload(String path);

  /**
   * Forgets the copies of an image that has ended or was not opened.
   *
   * @param slot the image's number
   */
  @NoException
  @Name("forget_copies")
  public static native void forgetCopies(long slot);

  /**
   * Opens libpython and, on top of it, the engine ({@code dlopen} with {@code RTLD_LOCAL}).
   *
   * @param libpython its file
   * @param engine the engine's file
   * @param slot the image's number in {@link Upcalls}
   * @return the image
   */
  @Name("open_image")
  public static native long openImage(String libpython, String engine, long slot);

  /**
   * Closes an image after the end of its CPython, on the thread that opened it; the address is
   * invalid afterwards.
   *
   * @param image the image
   * @param libraries the files to unmap, each followed by a line feed, dependents first
   * @param unmap {@code false} to leave all of them mapped
   * @return {@code false} if one of them stays mapped
   */
  @NoException
  @Cast("bool")
  @Name("close_image")
  public static native boolean closeImage(
      long image, String libraries, @Cast("bool") boolean unmap);

  /**
   * Starts the image's CPython ({@code Py_InitializeFromConfig}); the calling thread becomes its
   * main thread.
   *
   * @param image the image
   * @param home the distribution's folder
   * @param executable becomes {@code sys.executable}
   * @param searchPaths the whole of {@code sys.path} but for what {@code site} adds, each entry
   *     followed by a line feed
   * @param useEnvironment whether to obey {@code PYTHON*} variables
   * @param userSite whether the user's site directory is used
   */
  @Name("start_image")
  public static native void startImage(
      long image,
      String home,
      String executable,
      String searchPaths,
      @Cast("bool") boolean useEnvironment,
      @Cast("bool") boolean userSite);

  /**
   * Ends the image's CPython ({@code Py_FinalizeEx}), on its main thread.
   *
   * @param image the image
   */
  @Name("stop_image")
  public static native void stopImage(long image);

  /**
   * Makes a subinterpreter ({@code Py_NewInterpreterFromConfig}), or enters the main interpreter;
   * the calling thread becomes its carrier and stays attached.
   *
   * @param image the image
   * @param id its number in {@link Upcalls}
   * @param executable becomes {@code sys.executable}; {@code null} for the one that the image
   *     started with
   * @param ownGil {@code false} to share the main interpreter's GIL
   * @param isMain for the main interpreter itself, on the thread that started the image; if that
   *     fails, the image has stopped
   * @return the interpreter
   */
  @Name("new_interpreter")
  public static native long newInterpreter(
      long image,
      long id,
      @Nullable String executable,
      @Cast("bool") boolean ownGil,
      @Cast("bool") boolean isMain);

  /**
   * Ends an interpreter, on the carrier, attached: {@code Py_EndInterpreter}, or for a main
   * interpreter {@code Py_FinalizeEx}. Afterwards the thread is detached and the address invalid.
   * If it throws, nothing has changed.
   *
   * @param interpreter the interpreter
   */
  @Name("end_interpreter")
  public static native void endInterpreter(long interpreter);

  /**
   * Takes the GIL, on the carrier ({@code PyEval_RestoreThread}).
   *
   * @param interpreter the interpreter
   */
  @NoException
  public static native void attach(long interpreter);

  /**
   * Gives up the GIL, on the carrier ({@code PyEval_SaveThread}).
   *
   * @param interpreter the interpreter
   */
  @NoException
  public static native void detach(long interpreter);

  /**
   * Carries out a request, on the carrier, attached. See {@code wire.h}.
   *
   * @param interpreter the interpreter
   * @param scratch the address of the request, and of the reply afterwards
   * @param size the request's bytes
   * @param capacity the bytes at the address
   * @return the reply's bytes, or -1 if its address and size stand at the scratch's start
   */
  @NoException
  public static native long invoke(long interpreter, long scratch, long size, long capacity);

  /**
   * Carries out a request on a foreign thread, with a thread state made for it. Waits for the GIL.
   *
   * @param interpreter the interpreter
   * @param scratch the address of the request, and of the reply afterwards
   * @param size the request's bytes
   * @param capacity the bytes at the address
   * @return as {@link #invoke}, or 0 if there is no memory for a thread state
   */
  @NoException
  @Name("invoke_from_outside")
  public static native long invokeFromOutside(
      long interpreter, long scratch, long size, long capacity);

  /**
   * Gives back the handles, pins and leases of a reply that nobody reads to its end, on the
   * carrier, attached. See {@code wire.h}.
   *
   * @param interpreter the interpreter
   * @param reply the reply's address
   * @param size the reply's bytes
   * @param adopted how many of its references, from the first on, belong to somebody already
   */
  @NoException
  @Name("drop_reply")
  public static native void dropReply(long interpreter, long reply, long size, long adopted);

  /**
   * Makes the process end without the exit functions of C libraries ({@code atexit}) if
   * interpreters have not ended by then, since Python code may run in them. Called while the JVM
   * exits.
   */
  @NoException
  @Name("exit_at_once")
  public static native void exitAtOnce();

  /**
   * Frees a reply that did not fit the scratch memory. Its interpreter may have ended.
   *
   * @param reply its address
   */
  @NoException
  @Name("release_reply")
  public static native void releaseReply(long reply);

  /**
   * Opens what can be mapped.
   *
   * @param kind one of the constants
   * @param name the POSIX name with its slash, the file's path, or a memfd's name in listings
   * @param create whether to make it, and to refuse one that is there; always so for a memfd
   * @param writable whether it is to be written
   * @return the descriptor, which is not inherited by child processes; the caller closes it
   */
  @Name("open_memory")
  public static native int openMemory(
      int kind, String name, @Cast("bool") boolean create, @Cast("bool") boolean writable);

  /**
   * Gives a file at least this size, and room on its file system ({@code posix_fallocate}).
   *
   * @param file a descriptor
   * @param size bytes, at least 1
   */
  @Name("reserve_memory")
  public static native void reserveMemory(int file, long size);

  /**
   * Keeps a memfd at its size for good ({@code F_SEAL_SHRINK}, {@code F_SEAL_GROW}).
   *
   * @param file a descriptor
   */
  @Name("seal_memory")
  public static native void sealMemory(int file);

  /**
   * Returns the size of a file.
   *
   * @param file a descriptor
   * @return bytes
   */
  @Name("memory_size")
  public static native long memorySize(int file);

  /**
   * Maps a file, shared with all who map it.
   *
   * @param file a descriptor, which may be closed afterwards; -1 for zeroed memory of this process
   * @param size bytes, at least 1
   * @param writable whether it may be written
   * @return the address of the first page
   */
  @Name("map_memory")
  public static native long mapMemory(int file, long size, @Cast("bool") boolean writable);

  /**
   * Unmaps what {@link #mapMemory} has mapped.
   *
   * @param address its address
   * @param size the same size
   */
  @Name("unmap_memory")
  public static native void unmapMemory(long address, long size);

  /**
   * Closes a descriptor.
   *
   * @param file the descriptor
   */
  @NoException
  @Name("close_memory")
  public static native void closeMemory(int file);

  /**
   * Removes a POSIX name; memory that is mapped stays.
   *
   * @param name with its slash
   * @return {@code false} if there was none
   */
  @Cast("bool")
  @Name("unlink_memory")
  public static native boolean unlinkMemory(String name);

  /**
   * Allocates memory outside of the heap and of the JVM's account of direct memory ({@code
   * malloc}).
   *
   * @param size bytes
   * @return its address, or 0 if there is none
   */
  @NoException
  @Name("allocate_memory")
  public static native long allocateMemory(long size);

  /**
   * Frees what {@link #allocateMemory} has allocated.
   *
   * @param address its address
   */
  @NoException
  @Name("release_memory")
  public static native void releaseMemory(long address);

  /** Called from {@code jvm.h}. */
  private static boolean leaseAcquired(long lease) {
    Upcalls handler = upcalls;
    return handler != null && handler.leaseAcquired(lease);
  }

  /** Called from {@code jvm.h}. */
  private static void leaseDropped(long lease) {
    Upcalls handler = upcalls;
    if (handler != null) {
      handler.leaseDropped(lease);
    }
  }

  /** Called from {@code jvm.h}: the path to open, or a zero byte and why there is none. */
  private static byte[] relocated(long slot, byte[] path, boolean isExtension) {
    try {
      Upcalls handler = upcalls;
      String found = new String(path, StandardCharsets.UTF_8);
      return (handler == null ? found : handler.relocated(slot, found, isExtension))
          .getBytes(StandardCharsets.UTF_8);
    } catch (Throwable failure) {
      String reason = failure.getMessage();
      return ('\0' + (reason == null ? failure.toString() : reason))
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Called from {@code jvm.h}. */
  private static byte @Nullable [] written(long interpreter, int stream, byte[] utf8) {
    Upcalls handler = upcalls;
    try {
      return handler == null ? null : utf8(handler.written(interpreter, stream, utf8));
    } catch (Throwable failure) {
      return utf8("the output's consumer threw " + failure);
    }
  }

  /** Called from {@code jvm.h}. */
  private static boolean isLogged(long interpreter, int level, byte[] logger) {
    Upcalls handler = upcalls;
    return handler != null
        && handler.isLogged(interpreter, level, new String(logger, StandardCharsets.UTF_8));
  }

  /** Called from {@code jvm.h}. */
  private static byte @Nullable [] logged(long interpreter, int level, byte[] entry) {
    Upcalls handler = upcalls;
    try {
      return handler == null ? null : utf8(handler.logged(interpreter, level, entry));
    } catch (Throwable failure) {
      return utf8("the logger threw " + failure);
    }
  }

  /** Real UTF-8: that of JNI's functions is another for NUL and beyond U+FFFF. */
  private static byte @Nullable [] utf8(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}

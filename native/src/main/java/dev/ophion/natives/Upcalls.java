package dev.ophion.natives;

import org.jspecify.annotations.Nullable;

/**
 * What native code asks of Java. Called on any thread; {@link #leaseAcquired} and {@link
 * #leaseDropped} while that thread holds a GIL, so they must not wait for anything.
 */
public interface Upcalls {

  /**
   * Python holds memory of Java or of another interpreter.
   *
   * @param lease the lease's number
   * @return {@code false} if the lease has ended, so that the memory must not be touched
   */
  boolean leaseAcquired(long lease);

  /**
   * Python let go of it.
   *
   * @param lease the lease's number
   */
  void leaseDropped(long lease);

  /**
   * An interpreter printed.
   *
   * @param interpreter the interpreter's number
   * @param stream 1 for stdout, 2 for stderr
   * @param utf8 the text; empty if an unfinished line is complete
   * @return {@code null}, or why it could not be taken
   */
  @Nullable String written(long interpreter, int stream, byte[] utf8);

  /**
   * Whether a record of Python's {@code logging} is wanted.
   *
   * @param interpreter the interpreter's number
   * @param level Python's level
   * @param logger the logger's name
   * @return {@code false} if {@link #logged} would have no effect
   */
  boolean isLogged(long interpreter, int level, String logger);

  /**
   * Python's {@code logging} made a record.
   *
   * @param interpreter the interpreter's number
   * @param level Python's level
   * @param entry (logger, message, description of an exception or None), as in {@code wire.h}
   * @return {@code null}, or why it could not be taken
   */
  @Nullable String logged(long interpreter, int level, byte[] entry);

  /**
   * An image is about to open a library.
   *
   * @param slot the image's number
   * @param library its file
   * @param isExtension whether it is an extension module, or a library for {@code ctypes}
   * @return the file to open instead, which may be the same; if this throws, the message becomes
   *     that of an {@code ImportError}
   */
  String relocated(long slot, String library, boolean isExtension);
}

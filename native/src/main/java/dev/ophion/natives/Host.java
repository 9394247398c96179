package dev.ophion.natives;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;

/** The functions of {@code host.h}. JavaCPP generates the JNI glue from this class. */
@Platform(
    value = "linux-x86_64",
    include = "host/host.h",
    compiler = {"cpp17", "dev_ophion"},
    link = "dl")
@Namespace("ophion")
public final class Host {

  static {
    Loader.load();
  }

  private Host() {}

  /**
   * Opens libpython and, on top of it, the engine ({@code dlopen}).
   *
   * @param libpython its file
   * @param engine the engine's file
   * @param global whether libpython's symbols are visible to all libraries
   * @return the image
   */
  @Name("open_image")
  public static native long openImage(
      String libpython, String engine, @Cast("bool") boolean global);
}

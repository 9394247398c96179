package dev.ophion.natives;

/**
 * References of native code to arrays of the heap. Apart from {@link Host}, as {@link
 * DirectBuffers}. A wrong reference crashes the JVM.
 */
public final class HeapArrays {

  static {
    NativeLibraries.load();
  }

  private HeapArrays() {}

  /**
   * Makes a reference, which keeps the array reachable until it is released ({@code NewGlobalRef}).
   *
   * @param array an array of primitive values
   * @return the reference; 0 if the JVM has no memory for one
   */
  public static native long hold(Object array);

  /**
   * Ends a reference ({@code DeleteGlobalRef}).
   *
   * @param reference what {@link #hold} gave
   */
  public static native void release(long reference);
}

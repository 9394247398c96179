package dev.ophion.bridge.codec;

/**
 * Arrays of numbers that a caller wants as Java arrays, whose elements may cross in the reply. See
 * {@code wanted} in {@code wire.h}. Stateless.
 */
public final class Elements {

  private static final int SHIFT = 5;

  private Elements() {}

  /**
   * Says in an op which elements are wanted.
   *
   * @param op the first byte of a request
   * @param wanted the class of the result
   * @return the byte to send
   */
  public static byte wantedIn(byte op, Class<?> wanted) {
    return (byte) (op | number(wanted) << SHIFT);
  }

  private static int number(Class<?> wanted) {
    if (wanted == double[].class) {
      return 1;
    } else if (wanted == float[].class) {
      return 2;
    } else if (wanted == long[].class) {
      return 3;
    } else if (wanted == int[].class) {
      return 4;
    }
    return wanted == short[].class ? 5 : 0;
  }
}

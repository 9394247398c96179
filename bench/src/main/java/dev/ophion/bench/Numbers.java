package dev.ophion.bench;

import java.util.Locale;

/** How the report writes numbers. */
final class Numbers {

  private Numbers() {}

  /** Three significant digits, no exponent: {@code 0.0123}, {@code 1.23}, {@code 12,300}. */
  static String plain(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e15) {
      return String.format(Locale.ROOT, "%,d", (long) value);
    }
    if (size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    int digits = size == 0 ? 0 : (int) Math.max(0, 2 - Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}

package dev.ophion;

import org.jspecify.annotations.Nullable;

/** The units of dates and durations, as in NumPy. */
public enum DateUnit {
  /** Years. */
  YEAR("Y"),
  /** Months. */
  MONTH("M"),
  /** Weeks. */
  WEEK("W"),
  /** Days. */
  DAY("D"),
  /** Hours. */
  HOUR("h"),
  /** Minutes. */
  MINUTE("m"),
  /** Seconds. */
  SECOND("s"),
  /** Milliseconds. */
  MILLISECOND("ms"),
  /** Microseconds. */
  MICROSECOND("us"),
  /** Nanoseconds. */
  NANOSECOND("ns"),
  /** Picoseconds. */
  PICOSECOND("ps"),
  /** Femtoseconds. */
  FEMTOSECOND("fs"),
  /** Attoseconds. */
  ATTOSECOND("as"),
  /** No unit: what NumPy's {@code timedelta64} without one is. */
  GENERIC("generic");

  private final String symbol;

  DateUnit(String symbol) {
    this.symbol = symbol;
  }

  /**
   * Returns how NumPy writes it.
   *
   * @return for example {@code us}
   */
  public String symbol() {
    return symbol;
  }

  /** The unit with a symbol, or null. */
  static @Nullable DateUnit ofSymbol(String symbol) {
    for (DateUnit unit : values()) {
      if (unit.symbol.equals(symbol)) {
        return unit;
      }
    }
    return null;
  }
}

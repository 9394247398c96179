package dev.ophion.samples.flights;

import java.util.List;

/**
 * What Python computed about a group's departure delays, in minutes. Without a single flight that
 * left, the delays are NaN.
 *
 * @param flights how many were scheduled
 * @param cancelled the share that never left
 * @param mean the mean of those that left
 * @param median their median
 * @param p90 their 90th percentile
 * @param p99 their 99th percentile
 * @param low the lower end of the mean's 95 % interval
 * @param high its upper end
 */
record Distribution(
    int flights,
    double cancelled,
    double mean,
    double median,
    double p90,
    double p99,
    double low,
    double high) {

  /** How many numbers a distribution holds. */
  static final int VALUES = 8;

  /**
   * Makes one of the tuple that {@code distribution.py} returns.
   *
   * @param values {@link #VALUES} numbers
   * @return the distribution
   */
  static Distribution of(List<? extends Number> values) {
    return new Distribution(
        values.get(0).intValue(),
        values.get(1).doubleValue(),
        values.get(2).doubleValue(),
        values.get(3).doubleValue(),
        values.get(4).doubleValue(),
        values.get(5).doubleValue(),
        values.get(6).doubleValue(),
        values.get(7).doubleValue());
  }

  /** The flights that left. */
  long flown() {
    return Math.round(flights * (1 - cancelled));
  }
}

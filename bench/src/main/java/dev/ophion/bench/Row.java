package dev.ophion.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One line of the report. Immutable.
 *
 * @param title what is measured
 * @param unit the unit of all its numbers
 * @param measured Ophion's number, the median
 * @param p90 what nine of ten samples do not exceed, {@link Double#NaN} if there are no samples
 * @param bar what it is held to
 * @param baselines the neighbours' numbers of the same run
 */
record Row(
    String title, String unit, double measured, double p90, Bar bar, List<Baseline> baselines) {

  /** A neighbour's number, in the unit of the row. */
  record Baseline(String name, double value) {}

  /** What a number is held to. */
  record Bar(OptionalDouble limit, boolean isUpper, String text) {

    static Bar none() {
      return new Bar(OptionalDouble.empty(), true, "-");
    }

    static Bar atMost(double limit) {
      return atMost(limit, "<= " + Numbers.plain(limit));
    }

    static Bar atMost(double limit, String text) {
      return new Bar(OptionalDouble.of(limit), true, text);
    }

    static Bar atLeast(double limit) {
      return new Bar(OptionalDouble.of(limit), false, ">= " + Numbers.plain(limit));
    }

    boolean isHeldBy(double measured) {
      return limit.isEmpty()
          || (isUpper ? measured <= limit.getAsDouble() : measured >= limit.getAsDouble());
    }

    /** For example {@code held} or {@code MISSED 1.3x}. */
    String verdict(double measured) {
      if (limit.isEmpty()) {
        return "";
      }
      if (isHeldBy(measured)) {
        return "held";
      }
      double times = isUpper ? measured / limit.getAsDouble() : limit.getAsDouble() / measured;
      return "MISSED by %s %%".formatted(Numbers.plain(Math.ceil((times - 1) * 100)));
    }
  }

  boolean isHeld() {
    return bar.isHeldBy(measured);
  }

  /** Returns what the JSON file holds of it. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("title", title);
    map.put("unit", unit);
    map.put("measured", measured);
    if (!Double.isNaN(p90)) {
      map.put("p90", p90);
    }
    map.put("bar", bar.text());
    bar.limit().ifPresent(limit -> map.put("held", isHeld()));
    Map<String, Object> beside = new LinkedHashMap<>();
    baselines.forEach(baseline -> beside.put(baseline.name(), baseline.value()));
    map.put("baselines", beside);
    return map;
  }
}

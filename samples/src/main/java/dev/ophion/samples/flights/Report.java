package dev.ophion.samples.flights;

import dev.ophion.samples.common.Group;
import dev.ophion.samples.common.Printer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Prints distributions as a table and as bars. */
final class Report {

  private static final int TABLE_ROWS = 12;
  private static final int TABLE_LEAST_FLIGHTS = 100;
  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  private final Printer printer;

  Report(Printer printer) {
    this.printer = printer;
  }

  /** The groups with the greatest mean delay among those with enough flights to tell. */
  void worstGroups(Map<Group, Distribution> distributions) {
    printer.line(
        "%nThe latest departures among groups of at least %d flights (minutes):%n",
        TABLE_LEAST_FLIGHTS);
    printer.line(
        "  %-18s %7s %7s %16s %8s %6s %6s %10s",
        "carrier and route",
        "flights",
        "mean",
        "95 % interval",
        "median",
        "p90",
        "p99",
        "cancelled");
    distributions.entrySet().stream()
        .filter(entry -> entry.getValue().flights() >= TABLE_LEAST_FLIGHTS)
        .sorted(
            Comparator.comparingDouble(
                    (Map.Entry<Group, Distribution> entry) -> entry.getValue().mean())
                .reversed())
        .limit(TABLE_ROWS)
        .forEach(entry -> row(entry.getKey(), entry.getValue()));
  }

  private void row(Group group, Distribution of) {
    printer.line(
        "  %-2s %-8s %-6s %7d %7.1f %16s %8.1f %6.0f %6.0f %8.1f %%",
        group.carrier(),
        group.route(),
        MONTHS.get(group.month() - 1),
        of.flights(),
        of.mean(),
        String.format(Locale.ROOT, "%.1f to %.1f", of.low(), of.high()),
        of.median(),
        of.p90(),
        of.p99(),
        100 * of.cancelled());
  }

  /** Mean delay and share cancelled, by month and by carrier. */
  void charts(Map<Group, Distribution> distributions) {
    chart("by month", distributions, group -> "%02d".formatted(group.month()));
    chart("by carrier", distributions, Group::carrier);
  }

  private void chart(
      String title, Map<Group, Distribution> distributions, Function<Group, String> label) {
    Map<String, Sum> sums = new TreeMap<>();
    distributions.forEach(
        (group, distribution) -> sums.merge(label.apply(group), Sum.of(distribution), Sum::plus));
    double longest = sums.values().stream().mapToDouble(Sum::mean).max().orElse(0);
    printer.line("%nMean departure delay in minutes, and share cancelled, %s:%n", title);
    sums.forEach(
        (name, sum) ->
            printer.line(
                "  %-3s %5.1f %-40s %4.1f %%",
                name.matches("\\d+") ? MONTHS.get(Integer.parseInt(name) - 1) : name,
                sum.mean(),
                Printer.bar(sum.mean() / longest),
                100 * sum.cancelled()));
  }

  /**
   * Returns how many groups have the same distribution, to the last bit, in both.
   *
   * @param one distributions by group
   * @param other distributions by group
   * @return the number of equal groups
   */
  static long equalGroups(Map<Group, Distribution> one, Map<Group, Distribution> other) {
    Collection<Map.Entry<Group, Distribution>> entries = one.entrySet();
    return entries.stream().filter(e -> e.getValue().equals(other.get(e.getKey()))).count();
  }

  /**
   * Flights of several groups together.
   *
   * @param flights how many were scheduled
   * @param flown how many left
   * @param delay the sum of their delays
   */
  private record Sum(long flights, long flown, double delay) {

    static Sum of(Distribution one) {
      long flown = one.flown();
      return new Sum(one.flights(), flown, flown == 0 ? 0 : one.mean() * flown);
    }

    Sum plus(Sum other) {
      return new Sum(flights + other.flights, flown + other.flown, delay + other.delay);
    }

    double mean() {
      return flown == 0 ? 0 : delay / flown;
    }

    double cancelled() {
      return (double) (flights - flown) / flights;
    }
  }
}

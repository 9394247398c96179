package dev.ophion.bench;

import java.util.List;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The results of one run of JMH, by method and parameters. Immutable. */
record Scores(List<RunResult> results) {

  /**
   * Returns the median of a method's samples. A mean would be that of the scheduler.
   *
   * @param method its simple name
   * @param parameters names and values in turn
   */
  double median(String method, String... parameters) {
    return find(method, parameters).getStatistics().getPercentile(50);
  }

  /** Returns what nine of ten samples do not exceed. */
  double p90(String method, String... parameters) {
    return find(method, parameters).getStatistics().getPercentile(90);
  }

  private Result<?> find(String method, String... parameters) {
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().endsWith("." + method))
        .filter(result -> hasParameters(result, parameters))
        .map(RunResult::getPrimaryResult)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("no result of " + method + List.of(parameters)));
  }

  private static boolean hasParameters(RunResult result, String... parameters) {
    for (int i = 0; i < parameters.length; i += 2) {
      if (!parameters[i + 1].equals(result.getParams().getParam(parameters[i]))) {
        return false;
      }
    }
    return true;
  }
}

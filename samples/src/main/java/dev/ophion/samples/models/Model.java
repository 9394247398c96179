package dev.ophion.samples.models;

import java.util.Arrays;
import java.util.List;

/**
 * What is known of the model of one carrier's delays.
 *
 * @param carrier two letters
 * @param learned how many flights it was fitted to
 * @param heldOut how many flights it was tested on
 * @param error its mean absolute error in minutes
 * @param meanError that of the carrier's mean delay
 * @param explained the share of the variance that it explains beyond that mean; negative if less
 * @param digest SHA-256 of its predictions, each a double
 */
record Model(
    String carrier,
    int learned,
    int heldOut,
    double error,
    double meanError,
    double explained,
    String digest) {

  /**
   * Makes one of the numbers that {@code fit} in {@code delays.py} returns.
   *
   * @param carrier two letters
   * @param values five numbers and the digest
   */
  static Model of(String carrier, List<?> values) {
    return new Model(
        carrier,
        ((Number) values.get(0)).intValue(),
        ((Number) values.get(1)).intValue(),
        ((Number) values.get(2)).doubleValue(),
        ((Number) values.get(3)).doubleValue(),
        ((Number) values.get(4)).doubleValue(),
        (String) values.get(5));
  }

  /**
   * Reads a line that {@code plain.py} prints. Python's repr of a float is the shortest text that
   * reads back as the same double.
   *
   * @param line the carrier and what {@link #of} takes
   */
  static Model parse(String line) {
    List<String> words = Arrays.asList(line.split(" ", -1));
    return new Model(
        words.get(0),
        Integer.parseInt(words.get(1)),
        Integer.parseInt(words.get(2)),
        Double.parseDouble(words.get(3)),
        Double.parseDouble(words.get(4)),
        Double.parseDouble(words.get(5)),
        words.get(6));
  }

  /** Returns what {@code plot.py} takes of it. */
  List<Object> values() {
    return List.of(learned, heldOut, error, meanError, explained, digest);
  }
}

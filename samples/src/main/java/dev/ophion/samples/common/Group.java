package dev.ophion.samples.common;

/**
 * The flights of one carrier on one route in one month.
 *
 * @param carrier two letters
 * @param route origin and destination
 * @param month 1 to 12
 */
public record Group(String carrier, String route, int month) {

  /** The texts, and with them the seeds, that the Python code makes. */
  @Override
  public String toString() {
    return carrier + " " + route + " " + month;
  }
}

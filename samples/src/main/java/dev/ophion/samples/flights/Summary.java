package dev.ophion.samples.flights;

import dev.ophion.samples.common.Crew;
import dev.ophion.samples.common.FlightTable;
import dev.ophion.samples.common.Group;
import dev.ophion.samples.common.PlainPython;
import dev.ophion.samples.common.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Computes every group's distribution, by a crew and by an ordinary Python process. */
final class Summary {

  /**
   * Small enough that nobody waits long for the last one, large enough that a call costs nothing.
   */
  private static final int SHARES_PER_INTERPRETER = 64;

  private Summary() {}

  /**
   * Returns what each interpreter of the crew runs.
   *
   * @return Python source
   * @throws IOException if it cannot be read
   */
  static String source() throws IOException {
    return Resources.source(Summary.class, "distribution.py", "worker.py");
  }

  /**
   * Lets the crew do it.
   *
   * @param crew interpreters that hold the table's columns and run {@link #source()}
   * @param table the flights
   * @param workers how many of the interpreters take part
   * @param rounds bootstrap rounds a group
   * @return the distributions by group, in the table's order
   */
  static Map<Group, Distribution> byCrew(Crew crew, FlightTable table, int workers, int rounds) {
    List<Integer> cuts = cut(table, workers);
    List<List<?>> shares =
        crew.share(
            workers,
            cuts.size() - 1,
            (interpreter, share) ->
                interpreter
                    .async()
                    .call("summarise", List.class, cuts.get(share), cuts.get(share + 1), rounds)
                    .thenApply(Objects::requireNonNull));
    Map<Group, Distribution> merged = new LinkedHashMap<>();
    for (List<?> distributions : shares) {
      for (Object values : distributions) {
        merged.put(table.group(merged.size()), Distribution.of(numbers((List<?>) values)));
      }
    }
    return merged;
  }

  /** Cuts the groups where about equally many flights lie between two cuts. */
  private static List<Integer> cut(FlightTable table, int workers) {
    int flights = Math.max(1, table.flights() / (workers * SHARES_PER_INTERPRETER));
    List<Integer> cuts = new ArrayList<>(List.of(0));
    for (int group = 1; group < table.groups(); group++) {
      if (table.startOf(group) - table.startOf(cuts.get(cuts.size() - 1)) >= flights) {
        cuts.add(group);
      }
    }
    cuts.add(table.groups());
    return cuts;
  }

  private static List<Number> numbers(List<?> values) {
    return values.stream().map(Number.class::cast).toList();
  }

  /**
   * Lets an ordinary process do it on one thread, which reads and groups the CSV text by itself.
   *
   * @param executable the embedded distribution's {@code bin/python3.14}
   * @param csv the flights
   * @param rounds bootstrap rounds a group
   * @return the distributions by group
   * @throws IOException if the process cannot be started or fails
   * @throws InterruptedException if the waiting thread is interrupted
   */
  static Map<Group, Distribution> byPlainPython(Path executable, byte[] csv, int rounds)
      throws IOException, InterruptedException {
    String source = Resources.source(Summary.class, "distribution.py", "plain.py");
    Map<Group, Distribution> distributions = new HashMap<>();
    PlainPython.run(executable, source, csv, Integer.toString(rounds))
        .forEach(line -> read(line, distributions));
    return distributions;
  }

  private static void read(String line, Map<Group, Distribution> distributions) {
    String[] words = line.split(" ");
    // Python's repr of a float is the shortest text that reads back as the same double.
    List<Double> values = Arrays.stream(words).skip(3).map(Summary::parseFloat).toList();
    distributions.put(
        new Group(words[0], words[1], Integer.parseInt(words[2])), Distribution.of(values));
  }

  private static double parseFloat(String text) {
    return text.equals("nan") ? Double.NaN : Double.parseDouble(text);
  }
}

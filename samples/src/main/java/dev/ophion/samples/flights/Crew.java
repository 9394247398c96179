package dev.ophion.samples.flights;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Several interpreters that hold views of one table's columns and share its groups among them.
 *
 * <p><b>Threading:</b> thread-safe.
 *
 * <p><b>Ownership:</b> owns its interpreters and closes them; borrows the table.
 */
final class Crew implements AutoCloseable {

  /**
   * Small enough that nobody waits long for the last one, large enough that a call costs nothing.
   */
  private static final int SHARES_PER_INTERPRETER = 64;

  private final FlightTable table;
  private final List<Interpreter> interpreters = new ArrayList<>();

  /**
   * Starts the interpreters and hands them the columns.
   *
   * @param python the runtime
   * @param table what they work on
   * @param size how many interpreters
   * @throws IOException if the Python sources cannot be read
   */
  Crew(Python python, FlightTable table, int size) throws IOException {
    this.table = table;
    String source = Resources.source("distribution.py") + Resources.source("worker.py");
    try {
      for (int number = 1; number <= size; number++) {
        Interpreter interpreter = python.newInterpreter("flights-" + number);
        interpreters.add(interpreter);
        interpreter.exec(source);
        for (Column column : table.columns()) {
          interpreter.call("take_column", column.name(), column.view());
        }
        interpreter.call("take_names", table.carriers(), table.routes());
      }
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  List<Interpreter> interpreters() {
    return List.copyOf(interpreters);
  }

  /**
   * Computes every group's distribution.
   *
   * @param workers how many of the interpreters take part
   * @param rounds bootstrap rounds a group
   * @return the distributions by group, in the table's order
   */
  Map<Group, Distribution> summarise(int workers, int rounds) {
    Work work = new Work(cut(workers), rounds, new AtomicReferenceArray<>(table.groups()));
    CompletableFuture<?>[] runs =
        interpreters.stream()
            .limit(workers)
            .map(interpreter -> takeShares(interpreter, work))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(runs).join();
    Map<Group, Distribution> merged = new LinkedHashMap<>();
    for (int group = 0; group < table.groups(); group++) {
      merged.put(table.group(group), work.results.get(group));
    }
    return merged;
  }

  /** Cuts the groups where about equally many flights lie between two cuts. */
  private List<Integer> cut(int workers) {
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

  /** Takes the next share as soon as the last one is done, until none is left. */
  private CompletableFuture<Void> takeShares(Interpreter interpreter, Work work) {
    int share = work.next.getAndIncrement();
    if (share >= work.cuts.size() - 1) {
      return CompletableFuture.completedFuture(null);
    }
    int first = work.cuts.get(share);
    return interpreter
        .async()
        .call("summarise", List.class, first, work.cuts.get(share + 1), work.rounds)
        .thenCompose(
            distributions -> {
              work.store(first, Objects.requireNonNull(distributions));
              return takeShares(interpreter, work);
            });
  }

  @Override
  public void close() {
    interpreters.forEach(Interpreter::close);
  }

  /**
   * One run over all groups.
   *
   * @param cuts the groups at which the shares begin, and the end
   * @param rounds bootstrap rounds a group
   * @param next the next share that nobody has taken
   * @param results by group; each element is written once, by the interpreter that computed it
   */
  private record Work(
      List<Integer> cuts,
      int rounds,
      AtomicInteger next,
      AtomicReferenceArray<Distribution> results) {

    Work(List<Integer> cuts, int rounds, AtomicReferenceArray<Distribution> results) {
      this(cuts, rounds, new AtomicInteger(), results);
    }

    void store(int first, List<?> distributions) {
      for (int offset = 0; offset < distributions.size(); offset++) {
        List<? extends Number> values =
            ((List<?>) distributions.get(offset)).stream().map(Number.class::cast).toList();
        results.set(first + offset, Distribution.of(values));
      }
    }
  }
}

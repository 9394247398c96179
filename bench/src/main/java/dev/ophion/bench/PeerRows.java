package dev.ophion.bench;

import dev.ophion.bench.Row.Bar;
import dev.ophion.bench.Row.Baseline;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where another bridge was ahead once, beside those bridges. Not thread-safe. */
final class PeerRows {

  private final Lab lab;

  PeerRows(Lab lab) {
    this.lab = lab;
  }

  List<Row> all() throws Exception {
    Peers peers = new Peers(lab);
    Map<String, Double> jep = peers.jep();
    Map<String, Double> pemja = peers.pemja();
    Scores calls = lab.jmh(CallBenchmark.class);
    Scores edges = lab.jmh(EdgeBenchmark.class);
    Scores small = lab.jmh(SmallArrayBenchmark.class);
    List<Row> rows = new ArrayList<>();
    List<Baseline> callers = new ArrayList<>(beside("Jep", jep, "int_ns"));
    callers.addAll(beside("pemja", pemja, "int_ns"));
    rows.add(row("f(int), attached", calls, "attachedInt", Bar.atMost(100), callers));
    rows.add(heap(edges, "1000000", Bar.atMost(40_000), jep));
    double copy = edges.median("baselineCopy", "bytes", "100000000");
    Bar once = Bar.atMost(1.2 * copy, "<= 1.2x one copy = " + Numbers.plain(1.2 * copy));
    rows.add(heap(edges, "100000000", once, jep));
    rows.add(direct(edges, "1000000", jep));
    rows.add(direct(edges, "100000000", jep));
    rows.add(
        row(
            "ndarray of 1 KB to double[], attached",
            small,
            "toJava",
            Bar.atMost(900),
            beside("Jep", jep, "to_java_ns"),
            "isolation",
            "IMAGE"));
    for (String isolation : List.of("IMAGE", "SUBINTERPRETER")) {
      String title = "array of 1 KB: dump, load, read, " + isolation.toLowerCase(Locale.ROOT);
      String[] parameters = {"isolation", isolation};
      rows.add(
          row(title + ", hot", small, "transferHot", Bar.atMost(15_000), List.of(), parameters));
      rows.add(
          row(
              title + ", parked",
              small,
              "transferParked",
              Bar.atMost(60_000),
              List.of(),
              parameters));
    }
    return rows;
  }

  private static Row heap(Scores scores, String bytes, Bar bar, Map<String, Double> jep) {
    List<Baseline> baselines = new ArrayList<>();
    baselines.add(new Baseline("one copy", scores.median("baselineCopy", "bytes", bytes)));
    baselines.addAll(beside("Jep", jep, "heap_" + bytes + "_ns"));
    return row(
        "double[] of %s bytes as argument".formatted(bytes),
        scores,
        "heapArray",
        bar,
        baselines,
        "bytes",
        bytes);
  }

  private static Row direct(Scores scores, String bytes, Map<String, Double> jep) {
    return row(
        "direct buffer of %s bytes, last element read".formatted(bytes),
        scores,
        "directBuffer",
        Bar.atMost(3000),
        beside("Jep", jep, "direct_" + bytes + "_ns"),
        "bytes",
        bytes);
  }

  /** None if the peer was left out. */
  private static List<Baseline> beside(String peer, Map<String, Double> numbers, String name) {
    Double number = numbers.get(name);
    return number == null ? List.of() : List.of(new Baseline(peer, number));
  }

  private static Row row(
      String title,
      Scores scores,
      String method,
      Bar bar,
      List<Baseline> beside,
      String... parameters) {
    return new Row(
        title,
        "ns",
        scores.median(method, parameters),
        scores.p90(method, parameters),
        bar,
        beside);
  }
}

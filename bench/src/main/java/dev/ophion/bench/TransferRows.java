package dev.ophion.bench;

import dev.ophion.bench.Row.Bar;
import dev.ophion.bench.Row.Baseline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The rows of large objects, beside the same work in processes. Not thread-safe. */
final class TransferRows {

  private static final List<String> SIZES = List.of("100", "1000");
  private static final List<String> KINDS = List.of("bytearray", "array");

  private final Lab lab;

  TransferRows(Lab lab) {
    this.lab = lab;
  }

  List<Row> all() throws Exception {
    Scores scores = lab.jmh(PayloadBenchmark.class);
    List<List<Row>> bySize = new ArrayList<>();
    for (String megabytes : SIZES) {
      bySize.add(rows(scores, megabytes));
    }
    List<Row> rows = new ArrayList<>();
    bySize.forEach(rows::addAll);
    for (int i = 0; i < bySize.get(0).size(); i++) {
      Row small = bySize.get(0).get(i);
      String title = "1000 MB in relation to 100 MB, " + small.title().replace(" of 100 MB", "");
      rows.add(Group.growth(title, small, bySize.get(1).get(i)));
    }
    return rows;
  }

  private List<Row> rows(Scores scores, String megabytes) throws IOException {
    List<Baseline> beside = new ArrayList<>();
    beside.add(new Baseline("memcpy", scores.median("baselineCopy", "megabytes", megabytes)));
    lab.script("transfers", megabytes)
        .forEach((name, value) -> beside.add(new Baseline(name.replace("_us", ""), value)));
    List<Row> rows = new ArrayList<>();
    for (String kind : KINDS) {
      String[] parameters = {"megabytes", megabytes, "kind", kind};
      String title = "%s of %s MB".formatted(kind, megabytes);
      rows.add(row(title, scores, "transfer", 300, beside, parameters));
      rows.add(row(title + " into Java", scores, "toJava", 200, beside, parameters));
    }
    rows.add(
        row(
            "direct buffer of %s MB from Java".formatted(megabytes),
            scores,
            "fromJava",
            50,
            beside,
            "megabytes",
            megabytes));
    return rows;
  }

  private static Row row(
      String title,
      Scores scores,
      String method,
      double most,
      List<Baseline> beside,
      String... parameters) {
    return new Row(
        title,
        "us",
        scores.median(method, parameters),
        scores.p90(method, parameters),
        Bar.atMost(most),
        beside);
  }
}

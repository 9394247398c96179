package dev.ophion.bench;

import dev.ophion.bench.Row.Bar;
import dev.ophion.bench.Row.Baseline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The rows of private images beside processes of {@code multiprocessing} on the same work. Not
 * thread-safe.
 *
 * <p>{@code forkserver} is the fork server as it is by default: it imports the main module, and
 * NumPy with it, once, and forks workers that have it already. {@code forkserver-bare} has imported
 * nothing.
 */
final class ImageRows {

  private static final List<String> METHODS = List.of("spawn", "forkserver", "forkserver-bare");

  private final Lab lab;

  ImageRows(Lab lab) {
    this.lab = lab;
  }

  List<Row> all() throws Exception {
    List<Row> rows = new ArrayList<>();
    rows.addAll(starts());
    rows.addAll(workers());
    rows.addAll(work());
    rows.addAll(arrays());
    return rows;
  }

  private List<Row> starts() throws Exception {
    Scores scores = lab.jmh(StartBenchmark.class);
    Baseline subinterpreter =
        new Baseline("subinterpreter", scores.median("start", "isolation", "SUBINTERPRETER"));
    List<Map<String, Double>> runs = new ArrayList<>();
    // The first one may unpack the distribution.
    for (int i = 0; i < (lab.isFull() ? 8 : 4); i++) {
      runs.add(lab.probe(ImageProbe.class, "cold", lab.folder("cold-cache").toString()));
    }
    runs.remove(0);
    return List.of(
        row(
            "image: start, warm",
            "ms",
            scores.median("start", "isolation", "IMAGE"),
            Bar.atMost(20),
            subinterpreter),
        row(
            "image: start, standard library's modules, cold",
            "ms",
            Group.middle(runs, "cold_ms"),
            Bar.atMost(300),
            new Baseline("warm", Group.middle(runs, "warm_ms"))),
        row("image: relocation of a file", "ms", Group.middle(runs, "file_ms"), Bar.atMost(10)));
  }

  private List<Row> workers() throws IOException {
    List<Baseline> starts = new ArrayList<>();
    List<Baseline> resident = new ArrayList<>();
    List<Baseline> proportional = new ArrayList<>();
    for (String method : METHODS) {
      Map<String, Double> numbers = lab.numpyScript("numpy_workers", method);
      starts.add(new Baseline(method, Group.number(numbers, "start_ms")));
      resident.add(new Baseline(method, megabytes(numbers, "rss_kib")));
      proportional.add(new Baseline(method, megabytes(numbers, "pss_kib")));
    }
    // The first run makes the copies.
    lab.probe(ImageProbe.class, "start-numpy");
    double start = Group.number(lab.probe(ImageProbe.class, "start-numpy"), "start_ms");
    Map<String, Double> bare = lab.probe(ImageProbe.class, "memory");
    Map<String, Double> numpy = lab.probe(ImageProbe.class, "memory-numpy");
    double numpyResident = megabytes(numpy, "rss_kib");
    double numpyProportional = megabytes(numpy, "pss_kib");
    return List.of(
        ahead("image: start with NumPy imported", "ms", start, starts),
        row("image: RSS, bare", "MB", megabytes(bare, "rss_kib"), Bar.atMost(8)),
        row("image: PSS, bare", "MB", megabytes(bare, "pss_kib"), Bar.atMost(8)),
        row("image: RSS with NumPy", "MB", numpyResident, Bar.atMost(27)),
        row("image: PSS with NumPy", "MB", numpyProportional, Bar.atMost(27)),
        ahead("image: RSS with NumPy, beside processes", "MB", numpyResident, resident),
        ahead("image: PSS with NumPy, beside processes", "MB", numpyProportional, proportional));
  }

  private List<Row> work() throws Exception {
    Scores scores = lab.jmh(ImageWorkBenchmark.class);
    Map<String, Double> python = lab.numpyScript("numpy_pools");
    String rounds = lab.isFull() ? "30" : "9";
    double ratio = Group.number(lab.probe(ImageProbe.class, "parallel", rounds), "ratio");
    return List.of(
        row(
            "NumPy in two images in relation to one",
            "x",
            ratio,
            Bar.atLeast(1.8),
            new Baseline("spawn", Group.number(python, "spawn_ratio")),
            new Baseline("forkserver", Group.number(python, "forkserver_ratio")),
            new Baseline("threads", Group.number(python, "threads_ratio"))),
        ahead(
            "100 small NumPy tasks, in chunks",
            "us",
            scores.median("map"),
            List.of(
                new Baseline("spawn", Group.number(python, "spawn_map_us")),
                new Baseline("forkserver", Group.number(python, "forkserver_map_us")))),
        ahead(
            "100 small NumPy tasks, one by one",
            "us",
            scores.median("mapSingle"),
            List.of(
                new Baseline("spawn", Group.number(python, "spawn_map_single_us")),
                new Baseline("forkserver", Group.number(python, "forkserver_map_single_us")))));
  }

  private List<Row> arrays() throws Exception {
    Scores scores = lab.jmh(ArrayBenchmark.class);
    List<Baseline> processes = new ArrayList<>();
    lab.numpyScript("numpy_transfers", "100")
        .forEach((name, value) -> processes.add(new Baseline(name.replace("_us", ""), value)));
    Row other = array(scores, "ndarray of 100 MB into another image", "transfer", "100");
    Row java = array(scores, "ndarray of 100 MB into Java", "toJava", "100");
    Row largeOther = array(scores, "ndarray of 1000 MB into another image", "transfer", "1000");
    Row largeJava = array(scores, "ndarray of 1000 MB into Java", "toJava", "1000");
    return List.of(
        other,
        java,
        largeOther,
        largeJava,
        Group.growth("1000 MB in relation to 100 MB, another image", other, largeOther),
        Group.growth("1000 MB in relation to 100 MB, Java", java, largeJava),
        ahead(
            "ndarray of 100 MB there and back",
            "us",
            scores.median("thereAndBack", "megabytes", "100"),
            processes));
  }

  private static Row array(Scores scores, String title, String method, String megabytes) {
    String[] parameters = {"megabytes", megabytes};
    return new Row(
        title,
        "us",
        scores.median(method, parameters),
        scores.p90(method, parameters),
        megabytes.equals("100") ? Bar.atMost(300) : Bar.none(),
        List.of());
  }

  private static Row row(String title, String unit, double measured, Bar bar, Baseline... beside) {
    return new Row(title, unit, measured, Double.NaN, bar, Arrays.asList(beside));
  }

  /** A row that is held to the best of its neighbours. */
  private static Row ahead(String title, String unit, double measured, List<Baseline> beside) {
    double best = beside.stream().mapToDouble(Baseline::value).min().orElseThrow();
    Bar bar = Bar.atMost(best, "<= best = " + Numbers.plain(best));
    return new Row(title, unit, measured, Double.NaN, bar, beside);
  }

  private static double megabytes(Map<String, Double> numbers, String key) {
    return Group.megabytes(Group.number(numbers, key));
  }
}

package dev.ophion.bench;

import dev.ophion.bench.Row.Bar;
import dev.ophion.bench.Row.Baseline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The groups of rows that the report can run, and what each row is held to and compared with. */
enum Group {
  /** Scalar calls. */
  CALLS {
    @Override
    List<Row> run(Lab lab) throws Exception {
      Scores hot = lab.jmh(CallBenchmark.class);
      Scores parked = lab.jmh(ParkedCallBenchmark.class);
      Map<String, Double> python = lab.script("calls");
      Baseline jni = new Baseline("JNI alone", hot.median("baselineJni"));
      Baseline executor = new Baseline("ExecutorService", hot.median("baselineExecutor"));
      Baseline line = new Baseline("cache line alone", hot.median("baselineCacheLine"));
      Baseline plainInt = new Baseline("Python alone", number(python, "int_ns"));
      Baseline plainString = new Baseline("Python alone", number(python, "string_ns"));
      return List.of(
          median("f(int), attached", "ns", hot, "attachedInt", Bar.atMost(120), plainInt, jni),
          median(
              "f(str16), attached", "ns", hot, "attachedString", Bar.atMost(120), plainString, jni),
          median(
              "f(int), handed over hot",
              "ns",
              hot,
              "handedOverInt",
              Bar.atMost(400),
              executor,
              line),
          median(
              "f(str16), handed over hot",
              "ns",
              hot,
              "handedOverString",
              Bar.atMost(400),
              executor,
              line),
          median(
              "f(int), handed over parked",
              "ns",
              parked,
              "parkedInt",
              Bar.atMost(8000),
              new Baseline("ExecutorService", parked.median("baselineExecutor"))));
    }
  },

  /** A list of numbers. */
  LISTS {
    @Override
    List<Row> run(Lab lab) throws Exception {
      Scores scores = lab.jmh(ListBenchmark.class);
      Baseline python = new Baseline("Python alone", number(lab.script("calls"), "sum_ns"));
      Baseline java = new Baseline("Java alone", scores.median("baselineJava"));
      return List.of(
          median(
              "sum of 100 doubles, attached",
              "ns",
              scores,
              "attachedSum",
              Bar.atMost(2500),
              python,
              java),
          median(
              "sum of 100 doubles, handed over",
              "ns",
              scores,
              "handedOverSum",
              Bar.none(),
              python));
    }
  },

  /** Large objects from one interpreter into another, into Java, and from Java. */
  PAYLOADS {
    @Override
    List<Row> run(Lab lab) throws Exception {
      return new TransferRows(lab).all();
    }
  },

  /** What stands behind each piece of memory that has a foreign user. */
  LEASES {
    @Override
    List<Row> run(Lab lab) throws Exception {
      Scores scores = lab.jmh(LeaseBenchmark.class);
      Bar bar = Bar.atMost(100);
      return List.of(
          median("lease: take and drop", "ns", scores, "takeAndDrop", bar),
          median("lease: share and drop", "ns", scores, "share", bar),
          median("lease: share and drop by its number", "ns", scores, "shareByNumber", bar),
          median(
              "lease: the same, two threads at once", "ns", scores, "shareByNumberContended", bar));
    }
  },

  /** Start, end and memory of an interpreter. */
  STARTS {
    @Override
    List<Row> run(Lab lab) throws Exception {
      Scores scores = lab.jmh(StartBenchmark.class);
      Map<String, Double> python = lab.script("starts");
      return List.of(
          start(
              "start",
              scores.median("start", "isolation", "SUBINTERPRETER"),
              number(python, "start_ms")),
          start(
              "start and end",
              scores.median("startAndClose", "isolation", "SUBINTERPRETER"),
              number(python, "start_and_close_ms")),
          new Row(
              "memory of an interpreter",
              "MB",
              megabytes(number(lab.probe(Probe.class, "memory"), "memory_kib")),
              Double.NaN,
              Bar.atMost(3),
              List.of(new Baseline("c.interpreters", megabytes(number(python, "memory_kib"))))));
    }
  },

  /** Two tasks at the same time. */
  PARALLEL {
    @Override
    List<Row> run(Lab lab) throws Exception {
      Scores scores = lab.jmh(ParallelBenchmark.class);
      double one = scores.median("work", "interpreters", "1");
      double two = scores.median("work", "interpreters", "2");
      Map<String, Double> python = lab.script("parallel");
      return List.of(
          new Row(
              "two CPU-bound tasks in relation to one",
              "x",
              2 * one / two,
              Double.NaN,
              Bar.atLeast(1.9),
              List.of(
                  new Baseline("processes", number(python, "processes_ratio")),
                  new Baseline("c.interpreters", number(python, "interpreters_ratio")),
                  new Baseline("threads", number(python, "threads_ratio")))));
    }
  },

  /** Private images, and processes that work with NumPy. */
  IMAGES {
    @Override
    List<Row> run(Lab lab) throws Exception {
      return new ImageRows(lab).all();
    }
  },

  /** Where another bridge was ahead once, beside Jep and pemja where they can be had. */
  PEERS {
    @Override
    List<Row> run(Lab lab) throws Exception {
      return new PeerRows(lab).all();
    }
  },

  /** From nothing to the first result. */
  FIRST {
    @Override
    List<Row> run(Lab lab) throws Exception {
      // The first one may unpack the distribution.
      lab.probe(Probe.class, "first-result");
      List<Map<String, Double>> runs = new ArrayList<>();
      for (int i = 0; i < (lab.isFull() ? 15 : 5); i++) {
        runs.add(lab.probe(Probe.class, "first-result"));
      }
      return List.of(
          new Row(
              "runtime start to first result, fresh JVM",
              "ms",
              middle(runs, "runtime_ms"),
              Double.NaN,
              Bar.atMost(150),
              List.of(new Baseline("with the JVM's own start", middle(runs, "jvm_ms")))));
    }
  };

  /** Measures, and returns the rows in the order in which they are printed. */
  abstract List<Row> run(Lab lab) throws Exception;

  private static Row median(
      String title, String unit, Scores scores, String method, Bar bar, Baseline... beside) {
    return new Row(title, unit, scores.median(method), scores.p90(method), bar, List.of(beside));
  }

  private static Row start(String title, double measured, double baseline) {
    Bar bar = Bar.atMost(1.2 * baseline, "<= 1.2x = " + Numbers.plain(1.2 * baseline));
    return new Row(
        title, "ms", measured, Double.NaN, bar, List.of(new Baseline("c.interpreters", baseline)));
  }

  static Row growth(String title, Row small, Row large) {
    return new Row(
        title, "x", large.measured() / small.measured(), Double.NaN, Bar.atMost(2), List.of());
  }

  static double megabytes(double kib) {
    return kib * 1024 / 1e6;
  }

  static double middle(List<Map<String, Double>> runs, String name) {
    return runs.stream().mapToDouble(run -> number(run, name)).sorted().toArray()[runs.size() / 2];
  }

  static double number(Map<String, Double> numbers, String name) {
    Double number = numbers.get(name);
    if (number == null) {
      throw new IllegalStateException("no " + name + " in " + numbers);
    }
    return number;
  }
}

package dev.ophion.hosted.cpython;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.hosted.cpython.SuiteRun.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CPython's own test modules end in hosted interpreters of both isolations as they do in plain
 * Python, but for a list of known differences. The build runs the modules of {@code modules.txt};
 * the profile {@code cpython-suite} all but those of {@code left-out.txt}; {@code
 * -Ddev.ophion.cpython.modules=test_array,test_io} those.
 */
@Tag("cpython")
final class CpythonSuiteTest {

  private static final Logger LOG = LoggerFactory.getLogger(CpythonSuiteTest.class);

  private static final String MODULES_PROPERTY = "dev.ophion.cpython.modules";
  private static final long SECONDS_FOR_MODULE = 240;

  private static final Outcome MISSING = new Outcome("", "missing", "");

  private static final Path CODE = code();
  private static final Path OUTPUT = Path.of("target", "cpython-suite").toAbsolutePath();

  @Test
  @Timeout(5 * 60 * 60)
  void cpythonsTests_hosted_endAsInPlainPython() throws Exception {
    Path executable;
    try (Python python = Python.start()) {
      executable = python.executable();
    }
    List<String> modules = modules(executable);
    List<Difference> unknown = unknown("", executable, modules);
    if (!unknown.isEmpty()) {
      // Some depend on time; CPython's own way to run them is to run once more those that fail.
      List<String> again = unknown.stream().map(Difference::module).distinct().sorted().toList();
      LOG.info("Once more: {}", again);
      unknown.retainAll(unknown("again-", executable, again));
    }
    assertThat(unknown).isEmpty();
  }

  /** A test that ends otherwise than in plain Python, in no known way; the text is how. */
  private record Difference(Isolation isolation, String id, String module, String text) {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Difference difference
          && isolation == difference.isolation
          && id.equals(difference.id);
    }

    @Override
    public int hashCode() {
      return id.hashCode();
    }
  }

  private static List<Difference> unknown(String run, Path executable, List<String> modules)
      throws Exception {
    KnownDifferences known = KnownDifferences.read(CODE.resolve("known-differences.txt"));
    int half = modules.size() / 2;
    CompletableFuture<Map<String, Outcome>> first =
        async(() -> newRun(run + "plain-1").plain(executable, modules.subList(0, half)));
    Map<String, Outcome> plain =
        new TreeMap<>(
            newRun(run + "plain-2").plain(executable, modules.subList(half, modules.size())));
    plain.putAll(first.join());
    CompletableFuture<Map<String, Outcome>> images =
        async(() -> newRun(run + "images").hosted(Isolation.IMAGE, modules));
    Map<String, Outcome> subinterpreters =
        newRun(run + "subinterpreters").hosted(Isolation.SUBINTERPRETER, modules);

    assertThat(plain).hasSizeGreaterThan(modules.size());
    List<Difference> unknown =
        new ArrayList<>(compare(Isolation.IMAGE, plain, images.join(), known));
    unknown.addAll(compare(Isolation.SUBINTERPRETER, plain, subinterpreters, known));
    return unknown;
  }

  /** A step that runs beside another. */
  private interface Step<T> {
    T run() throws Exception;
  }

  private static <T> CompletableFuture<T> async(Step<T> step) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return step.run();
          } catch (Exception failure) {
            throw new CompletionException(failure);
          }
        });
  }

  private static List<Difference> compare(
      Isolation isolation,
      Map<String, Outcome> plain,
      Map<String, Outcome> hosted,
      KnownDifferences known) {
    TreeSet<String> ids = new TreeSet<>(plain.keySet());
    ids.addAll(hosted.keySet());
    List<Difference> unknown = new ArrayList<>();
    Map<String, Integer> reasons = new TreeMap<>();
    int equal = 0;
    for (String id : ids) {
      Outcome expected = plain.getOrDefault(id, MISSING);
      Outcome seen = hosted.getOrDefault(id, MISSING);
      if (expected.outcome().equals(seen.outcome())) {
        equal++;
        continue;
      }
      String reason = known.reason(isolation, id, seen).orElse("unknown");
      reasons.merge(reason, 1, Integer::sum);
      if (reason.equals("unknown")) {
        String text =
            "%s (%s) instead of %s (%s)"
                .formatted(seen.outcome(), seen.reason(), expected.outcome(), expected.reason());
        String module = seen.module().isEmpty() ? expected.module() : seen.module();
        unknown.add(new Difference(isolation, id, module, text));
      }
    }
    LOG.info(
        "CPython's tests, {}: {} of {} equal to plain Python; differences by reason: {}",
        isolation,
        equal,
        ids.size(),
        reasons);
    unknown.forEach(difference -> LOG.info("{}", difference));
    return unknown;
  }

  private static List<String> modules(Path executable) throws Exception {
    String asked = System.getProperty(MODULES_PROPERTY, "subset");
    if (asked.equals("subset")) {
      return lines("modules.txt").map(line -> line.split("\\s", 2)[0]).toList();
    }
    if (!asked.equals("all")) {
      return List.of(asked.split(","));
    }
    List<String> leftOut = lines("left-out.txt").map(line -> line.split("\\s", 2)[0]).toList();
    Path tests =
        Objects.requireNonNull(executable.toRealPath().getParent())
            .resolveSibling("lib/python3.14/test");
    try (Stream<Path> files = Files.list(tests)) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\.py$", ""))
          .filter(name -> name.startsWith("test_") && !name.contains("."))
          .filter(name -> !leftOut.contains(name))
          .sorted()
          .toList();
    }
  }

  private static Stream<String> lines(String file) throws Exception {
    return Files.readAllLines(CODE.resolve(file)).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"));
  }

  private static SuiteRun newRun(String name) throws Exception {
    Path folder = OUTPUT.resolve(name);
    if (Files.exists(folder)) {
      try (Stream<Path> old = Files.walk(folder)) {
        old.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
      }
    }
    return new SuiteRun(CODE, Files.createDirectories(folder), SECONDS_FOR_MODULE);
  }

  private static Path code() {
    try {
      return Path.of(
              Objects.requireNonNull(CpythonSuiteTest.class.getResource("suite.py"), "suite.py")
                  .toURI())
          .getParent();
    } catch (java.net.URISyntaxException failure) {
      throw new AssertionError(failure);
    }
  }
}

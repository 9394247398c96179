package dev.ophion.bridge.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Isolation;
import dev.ophion.PackageReport;
import dev.ophion.PackageReport.Loading;
import dev.ophion.PackageReport.Verdict;
import dev.ophion.PythonEnvironment;
import dev.ophion.bridge.cache.CacheFolders;
import dev.ophion.bridge.distribution.Distribution;
import dev.ophion.bridge.distribution.DistributionCache;
import dev.ophion.bridge.environment.EnvironmentResolver;
import dev.ophion.bridge.environment.ResolvedEnvironment;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages made of the distribution's own extension modules. */
final class PackageReporterTest {

  private static final String SUFFIX = ".cpython-314-x86_64-linux-gnu.so";
  private static final String CRASH = "import ctypes\nctypes.string_at(0)\n";
  private static final Path JAVA = Path.of(System.getProperty("java.home"));

  @TempDir Path temporary;
  private final Distribution distribution =
      DistributionCache.obtain(DistributionCache.defaultDirectory());
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(temporary.resolve("packages"));
  }

  /** Makes an installed package of one {@code __init__} and copies of these extension modules. */
  private void install(String name, String source, String... extensions) throws IOException {
    Path code = Files.createDirectories(folder.resolve(name));
    Files.writeString(code.resolve("__init__.py"), source);
    StringBuilder record = new StringBuilder(name + "/__init__.py,,\n");
    for (String extension : extensions) {
      Files.copy(
          distribution.stdlib().resolve("lib-dynload").resolve(extension + SUFFIX),
          code.resolve(extension + SUFFIX));
      record.append(name).append('/').append(extension).append(SUFFIX).append(",,\n");
    }
    writeInfo(name, record.toString());
  }

  private void writeInfo(String name, String record) throws IOException {
    Path info = Files.createDirectories(folder.resolve(name + "-1.0.dist-info"));
    Files.writeString(
        info.resolve("METADATA"),
        "Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n".formatted(name));
    Files.writeString(info.resolve("RECORD"), record);
  }

  private PackageReport report(String name) {
    return report(Duration.ofMinutes(1), JAVA, name).get(0);
  }

  private List<PackageReport> report(Duration deadline, Path javaHome, String... names) {
    ResolvedEnvironment environment =
        EnvironmentResolver.resolve(
            PythonEnvironment.of(folder), distribution, temporary.resolve("cache"));
    return new PackageReporter(
            environment,
            CacheFolders.in(DistributionCache.defaultDirectory()),
            List.of(),
            deadline,
            javaHome)
        .report(List.of(names));
  }

  private static void assertVerdict(Verdict verdict, Loading loading, String reason) {
    assertThat(verdict.reason()).contains(reason);
    assertThat(verdict.loading()).isEqualTo(loading);
  }

  @Test
  void report_pure_loadsEverywhere() throws IOException {
    install("pure", "import json\n");
    PackageReport report = report("pure");
    assertThat(report.version()).contains("1.0");
    assertVerdict(report.in(Isolation.SUBINTERPRETER), Loading.YES, "pure Python");
    assertVerdict(report.in(Isolation.IMAGE), Loading.YES, "");
    assertThat(report.in(Isolation.IMAGE).copiedFiles()).isEmpty();
  }

  @Test
  void report_supportedExtension_loadsEverywhereAndIsCopied() throws IOException {
    install("fast", "from . import _json\n", "_json");
    PackageReport report = report("fast");
    assertVerdict(report.in(Isolation.SUBINTERPRETER), Loading.YES, "support");
    assertVerdict(report.in(Isolation.IMAGE), Loading.YES, "1 of its files");
    assertThat(report.in(Isolation.IMAGE).copiedFiles())
        .containsExactly(folder.toRealPath().resolve("fast/_json" + SUFFIX));
  }

  @Test
  void report_singlePhase_loadsInImagesOnly() throws IOException {
    install("single", "from . import _testsinglephase\n", "_testsinglephase");
    PackageReport report = report("single");
    assertVerdict(
        report.in(Isolation.SUBINTERPRETER),
        Loading.NO,
        "single._testsinglephase: it uses single-phase initialization");
    assertVerdict(report.in(Isolation.IMAGE), Loading.YES, "1 of its files");
  }

  @Test
  void report_optionalExtension_fallsBack() throws IOException {
    install(
        "optional",
        "try:\n    from . import _testsinglephase\nexcept ImportError:\n    pass\n",
        "_testsinglephase");
    assertVerdict(
        report("optional").in(Isolation.SUBINTERPRETER),
        Loading.FALLBACK,
        "without optional._testsinglephase: it uses single-phase");
  }

  @Test
  void report_someExtensionsImportedLater_areNamed() throws IOException {
    install("lazy", "", "_testsinglephase", "_json");
    assertVerdict(
        report("lazy").in(Isolation.SUBINTERPRETER),
        Loading.FALLBACK,
        "1 of its 2 compiled modules are refused: lazy._testsinglephase: it uses single-phase");
  }

  @Test
  void report_allExtensionsImportedLater_doesNotLoad() throws IOException {
    install("hollow", "", "_testsinglephase");
    assertVerdict(
        report("hollow").in(Isolation.SUBINTERPRETER),
        Loading.NO,
        "all of its compiled modules are refused: hollow._testsinglephase");
  }

  @Test
  void report_submoduleThatGoesOnWithoutIt_fallsBack() throws IOException {
    install("patient", "", "_testsinglephase");
    Files.writeString(
        folder.resolve("patient/api.py"),
        "try:\n    from . import _testsinglephase\nexcept ImportError:\n    pass\n");
    Path record = folder.resolve("patient-1.0.dist-info/RECORD");
    Files.writeString(record, Files.readString(record) + "patient/api.py,,\n");
    assertVerdict(
        report("patient").in(Isolation.SUBINTERPRETER),
        Loading.FALLBACK,
        "without patient._testsinglephase");
  }

  @Test
  void report_importAborts_isAResult() throws IOException {
    install("crashing", CRASH);
    PackageReport report = report("crashing");
    assertVerdict(
        report.in(Isolation.SUBINTERPRETER), Loading.NO, "ends the process with SIGSEGV in ");
    assertVerdict(report.in(Isolation.IMAGE), Loading.NO, "ends the process with SIGSEGV in ");
  }

  @Test
  void report_importThatTheGuardsRefuse_givesTheirError() throws IOException {
    install("aborting", "import os\nos.abort()\n");
    assertVerdict(report("aborting").in(Isolation.IMAGE), Loading.NO, "os.abort would end");
  }

  @Test
  void report_besideOneThatCrashes_goesOn() throws IOException {
    install("before", "");
    install("crashing", CRASH);
    install("after", "");
    assertThat(report(Duration.ofMinutes(1), JAVA, "before", "crashing", "after"))
        .extracting(report -> report.in(Isolation.IMAGE).loading())
        .containsExactly(Loading.YES, Loading.NO, Loading.YES);
  }

  @Test
  void report_crashOnlyBesideAnother_isTriedAgainAlone() throws IOException {
    String mark = "import os\nmark = os.path.join(%r, str(os.getpid()))\n";
    mark = mark.replace("%r", "'" + temporary + "'");
    install("first", mark + "open(mark, 'w').close()\n");
    install("jealous", mark + "if os.path.exists(mark):\n    import ctypes; ctypes.string_at(0)\n");
    assertThat(report(Duration.ofMinutes(1), JAVA, "first", "jealous"))
        .extracting(report -> report.in(Isolation.IMAGE).loading())
        .containsExactly(Loading.YES, Loading.YES);
  }

  @Test
  void report_javaWithoutLauncher_fallsBackAndSaysSo() throws IOException {
    install("single", "from . import _testsinglephase\n", "_testsinglephase");
    PackageReport report = report(Duration.ofMinutes(1), temporary, "single").get(0);
    assertVerdict(
        report.in(Isolation.SUBINTERPRETER),
        Loading.NO,
        "single._testsinglephase: it uses single-phase initialization");
    assertVerdict(
        report.in(Isolation.IMAGE),
        Loading.YES,
        "(tried in a plain Python process, since this Java has no launcher " + temporary);
  }

  @Test
  void report_moduleThatImagesRefuse_isNamed() throws IOException {
    install("terminal", "try:\n    import curses\nexcept ImportError:\n    pass\n");
    assertVerdict(
        report("terminal").in(Isolation.IMAGE),
        Loading.FALLBACK,
        "without _curses: its library works for the process's one terminal");
  }

  @Test
  void report_compiledModuleThatCrashesLater_isNamed() throws IOException {
    install("late", "");
    Files.writeString(folder.resolve("late/odd.py"), CRASH);
    // Only recorded: the Python file is found in its place.
    writeInfo("late", "late/__init__.py,,\nlate/odd" + SUFFIX + ",,\n");
    assertVerdict(
        report("late").in(Isolation.IMAGE), Loading.FALLBACK, "without late.odd: importing it");
  }

  @Test
  void report_importHangs_endsAtTheDeadline() throws IOException {
    install("hanging", "while True: pass\n");
    assertVerdict(
        report(Duration.ofSeconds(2), JAVA, "hanging").get(0).in(Isolation.IMAGE),
        Loading.NO,
        "took longer than 2 s");
  }

  @Test
  void report_importRaises_givesTheError() throws IOException {
    install("raising", "raise RuntimeError('no | display')\n");
    PackageReport report = report("raising");
    assertVerdict(report.in(Isolation.SUBINTERPRETER), Loading.NO, "RuntimeError: no | display");
    assertThat(MarkdownTable.of(List.of(report))).contains("no: RuntimeError: no \\| display |");
  }

  @Test
  void report_libraryThatIsNone_isNamed() throws IOException {
    install("damaged", "");
    Files.writeString(folder.resolve("damaged/odd.so"), "no ELF file, but long enough".repeat(9));
    writeInfo("damaged", "damaged/__init__.py,,\ndamaged/odd.so,,\n");
    assertVerdict(report("damaged").in(Isolation.IMAGE), Loading.FALLBACK, "odd.so: begins with");
  }

  @Test
  void report_notInstalled_saysWhere() {
    PackageReport report = report("absent");
    assertThat(report.version()).isEmpty();
    assertVerdict(report.in(Isolation.IMAGE), Loading.NO, folder.getFileName().toString());
  }

  @Test
  void command_environmentOption_printsItsTable() throws IOException {
    install("pure", "");
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        PackageReportCommand.run(
            new PrintWriter(out), new PrintWriter(err), "--environment", folder.toString());
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(out.toString())
        .startsWith("| package | version | `SUBINTERPRETER` | `IMAGE` |\n| --- |")
        .contains("| pure | 1.0 | yes: pure Python | yes: ");
  }

  @Test
  void command_wrongFolder_failsWithTheReasonAlone() {
    StringWriter err = new StringWriter();
    int status =
        PackageReportCommand.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            "--environment",
            temporary.resolve("none").toString());
    assertThat(status).isEqualTo(1);
    assertThat(err.toString()).contains("does not exist").doesNotContain("\tat ");
  }

  @Test
  void command_twoSources_isRefused() {
    StringWriter err = new StringWriter();
    int status =
        PackageReportCommand.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            "--environment=a",
            "--requirement=b");
    assertThat(status).isEqualTo(2);
    assertThat(err.toString()).contains("Give one of --environment, --requirement");
  }
}

package dev.ophion.bridge.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.ophion.Isolation;
import dev.ophion.PackageReport;
import dev.ophion.PackageReport.Loading;
import dev.ophion.PythonEnvironment;
import dev.ophion.bridge.cache.CacheFolders;
import dev.ophion.bridge.distribution.Distribution;
import dev.ophion.bridge.distribution.DistributionCache;
import dev.ophion.bridge.environment.EnvironmentResolver;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** Packages of each kind from the package index, kept in the build's cache. */
final class RealPackagesTest {

  @Test
  void report_packagesOfEachKind_tellsThemApart() {
    CacheFolders folders = CacheFolders.in(DistributionCache.defaultDirectory());
    Distribution distribution = DistributionCache.obtain(folders.distribution());
    PackageReporter reporter =
        new PackageReporter(
            EnvironmentResolver.resolve(
                PythonEnvironment.requirements(
                        "markupsafe==3.0.3", "pyyaml==6.0.3", "msgspec==0.20.0", "six==1.17.0")
                    .withPipArguments("--only-binary", ":all:"),
                distribution,
                folders.environments()),
            folders,
            List.of());

    List<PackageReport> reports = reporter.report(List.of());

    assertThat(reports)
        .extracting(
            PackageReport::name,
            report -> report.in(Isolation.SUBINTERPRETER).loading(),
            report -> report.in(Isolation.IMAGE).loading(),
            report -> report.in(Isolation.IMAGE).copiedFiles().isEmpty())
        .containsExactly(
            row("MarkupSafe", Loading.YES, false),
            row("msgspec", Loading.NO, false),
            row("PyYAML", Loading.FALLBACK, false),
            row("six", Loading.YES, true));
  }

  private static Tuple row(String name, Loading loading, boolean pure) {
    return tuple(name, loading, Loading.YES, pure);
  }
}

package dev.ophion.bridge.report;

import dev.ophion.Isolation;
import dev.ophion.PackageReport;
import dev.ophion.PackageReport.Loading;
import dev.ophion.PackageReport.Verdict;
import java.util.List;

/** Reports as a table. Stateless. */
final class MarkdownTable {

  private MarkdownTable() {}

  static String of(List<PackageReport> reports) {
    StringBuilder table =
        new StringBuilder(
            """
            | package | version | `SUBINTERPRETER` | `IMAGE` |
            | --- | --- | --- | --- |
            """);
    for (PackageReport report : reports) {
      table.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  escaped(report.name()),
                  escaped(report.version().orElse("")),
                  text(report.in(Isolation.SUBINTERPRETER)),
                  text(report.in(Isolation.IMAGE))));
    }
    return table.toString();
  }

  private static String text(Verdict verdict) {
    String word =
        verdict.loading() == Loading.FALLBACK
            ? "in part"
            : verdict.loading() == Loading.YES ? "yes" : "no";
    return word + ": " + escaped(verdict.reason());
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("_", "\\_")
        .replace("*", "\\*")
        .replace("<", "&lt;");
  }
}

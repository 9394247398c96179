package dev.ophion.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Prints rows beside their baselines, for people. */
final class Table {

  private static final List<String> HEAD =
      List.of("row", "unit", "measured", "bar", "verdict", "baselines (in relation to measured)");

  private Table() {}

  static String of(List<Row> rows) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEAD);
    rows.forEach(row -> lines.add(cells(row)));
    List<Integer> widths =
        Collections.nCopies(HEAD.size(), 0).stream()
            .collect(Collectors.toCollection(ArrayList::new));
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        widths.set(i, Math.max(widths.get(i), line.get(i).length()));
      }
    }
    lines.add(1, widths.stream().map("-"::repeat).toList());
    return lines.stream().map(line -> join(line, widths)).collect(Collectors.joining("\n"));
  }

  private static List<String> cells(Row row) {
    String p90 = Double.isNaN(row.p90()) ? "" : " (p90 %s)".formatted(Numbers.plain(row.p90()));
    return List.of(
        row.title(),
        row.unit(),
        Numbers.plain(row.measured()) + p90,
        row.bar().text(),
        row.bar().verdict(row.measured()),
        row.baselines().stream()
            .map(
                baseline ->
                    "%s %s (%sx)"
                        .formatted(
                            baseline.name(),
                            Numbers.plain(baseline.value()),
                            Numbers.plain(baseline.value() / row.measured())))
            .collect(Collectors.joining(", ")));
  }

  private static String join(List<String> line, List<Integer> widths) {
    StringBuilder text = new StringBuilder("|");
    for (int i = 0; i < line.size(); i++) {
      String cell = line.get(i);
      text.append(' ').append(cell).append(" ".repeat(widths.get(i) - cell.length())).append(" |");
    }
    return text.toString();
  }
}

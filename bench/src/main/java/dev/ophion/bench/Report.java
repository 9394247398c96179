package dev.ophion.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Measures Ophion and its neighbours in one run, prints one table and writes the same as JSON.
 * Missed bars stay in the table and do not fail the command.
 */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Measures Ophion beside its baselines.")
public final class Report implements Callable<Integer> {

  @Parameters(
      paramLabel = "GROUP",
      description = "What to measure: ${COMPLETION-CANDIDATES}. Default: everything.")
  private final List<Group> groups = new ArrayList<>();

  @Option(
      names = "--full",
      description = "Three forks and long iterations, for numbers that are published.")
  private boolean isFull;

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      defaultValue = "target/report",
      description = "Where the JSON file and the logs go. Default: ${DEFAULT-VALUE}.")
  private Path folder = Path.of("target", "report");

  private Report() {}

  /** Runs the report with the options that {@code --help} lists. */
  public static void main(String[] arguments) {
    int exit =
        new CommandLine(new Report()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments);
    System.exit(exit);
  }

  @Override
  public Integer call() throws Exception {
    try (Lab lab = new Lab(isFull, folder)) {
      Map<String, Object> machine = Machine.describe(lab, folder);
      Map<String, List<Row>> results = new LinkedHashMap<>();
      Map<String, Double> loads = new LinkedHashMap<>();
      for (Group group : groups.isEmpty() ? EnumSet.allOf(Group.class) : EnumSet.copyOf(groups)) {
        loads.put(group.name(), Machine.load());
        results.put(group.name(), group.run(lab));
      }
      print(machine, results);
      write(lab, machine, results, loads);
    }
    return CommandLine.ExitCode.OK;
  }

  private static void print(Map<String, Object> machine, Map<String, List<Row>> results) {
    System.out.println();
    machine.forEach((name, value) -> System.out.printf("%-8s %s%n", name, value));
    System.out.println();
    System.out.println(Table.of(results.values().stream().flatMap(List::stream).toList()));
  }

  private void write(
      Lab lab,
      Map<String, Object> machine,
      Map<String, List<Row>> results,
      Map<String, Double> loads)
      throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("machine", machine);
    List<Map<String, Object>> rows = new ArrayList<>();
    results.forEach(
        (group, measured) ->
            measured.forEach(
                row -> {
                  Map<String, Object> map = new LinkedHashMap<>();
                  map.put("group", group);
                  map.put("load", loads.get(group));
                  map.putAll(row.toMap());
                  rows.add(map);
                }));
    content.put("rows", rows);
    Path file = folder.resolve("report.json");
    Files.writeString(file, lab.json(content) + "\n");
    System.out.printf("%nWritten to %s%n", file);
  }
}

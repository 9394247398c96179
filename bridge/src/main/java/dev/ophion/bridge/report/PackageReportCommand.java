package dev.ophion.bridge.report;

import dev.ophion.OphionException;
import dev.ophion.PackageReport;
import dev.ophion.PythonEnvironment;
import dev.ophion.PythonOptions;
import dev.ophion.bridge.cache.CacheFolders;
import dev.ophion.bridge.distribution.Distribution;
import dev.ophion.bridge.distribution.DistributionCache;
import dev.ophion.bridge.environment.EnvironmentResolver;
import dev.ophion.bridge.environment.ResolvedEnvironment;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * Prints the package report of an environment as a Markdown table. Needs picocli at run time, which
 * is an optional dependency. Starts no CPython in its own process.
 *
 * <p>The model is built by calls and not by annotations: those would need this package opened.
 */
public final class PackageReportCommand {

  private static final String VENV = "--environment";
  private static final String REQUIREMENT = "--requirement";
  private static final String FILE = "--requirements-file";
  private static final String CACHE = "--cache";
  private static final String NAMES = "PACKAGE";

  private PackageReportCommand() {}

  /**
   * Runs the command and exits: 0 if the table was printed, 1 if that failed, 2 for wrong options.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(run(writer(System.out), writer(System.err), arguments));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(spec())
        .setOut(out)
        .setErr(err)
        .setExecutionStrategy(PackageReportCommand::print)
        .execute(arguments);
  }

  private static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().name("package-report").mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description("Says which isolation the packages of an environment load in, and why.");
    spec.addOption(option(VENV, Path.class, "A virtual environment or folder of packages."));
    spec.addOption(
        OptionSpec.builder(REQUIREMENT)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel("LINE")
            .description("Installs what this names, such as numpy==2.5.5; may be repeated.")
            .build());
    spec.addOption(option(FILE, Path.class, "Installs what this requirements file names."));
    spec.addOption(option(CACHE, Path.class, "The cache folder; the user's by default."));
    spec.addPositional(
        PositionalParamSpec.builder()
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(NAMES)
            .arity("0..*")
            .description("Names of packages; none for all of the environment.")
            .build());
    return spec;
  }

  private static OptionSpec option(String name, Class<?> type, String description) {
    return OptionSpec.builder(name).type(type).paramLabel("PATH").description(description).build();
  }

  private static int print(ParseResult parsed) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    CommandLine command = parsed.commandSpec().commandLine();
    try {
      command.getOut().print(MarkdownTable.of(report(parsed)));
      command.getOut().flush();
      return CommandLine.ExitCode.OK;
    } catch (OphionException | IllegalArgumentException e) {
      command.getErr().println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private static List<PackageReport> report(ParseResult parsed) {
    @Nullable Path chosen = parsed.matchedOptionValue(CACHE, null);
    CacheFolders folders =
        chosen == null
            ? CacheFolders.of(PythonOptions.defaults())
            : CacheFolders.in(chosen.toAbsolutePath());
    PythonEnvironment wanted = environment(parsed);
    Distribution distribution = DistributionCache.obtain(folders.distribution());
    ResolvedEnvironment environment =
        EnvironmentResolver.resolve(wanted, distribution, folders.environments());
    List<String> names = parsed.matchedPositionalValue(0, List.of());
    return new PackageReporter(environment, folders, List.of()).report(names);
  }

  private static PythonEnvironment environment(ParseResult parsed) {
    @Nullable Path venv = parsed.matchedOptionValue(VENV, null);
    @Nullable Path file = parsed.matchedOptionValue(FILE, null);
    List<String> requirements = parsed.matchedOptionValue(REQUIREMENT, List.of());
    int given = (venv == null ? 0 : 1) + (file == null ? 0 : 1) + (requirements.isEmpty() ? 0 : 1);
    if (given > 1) {
      throw new CommandLine.ParameterException(
          parsed.commandSpec().commandLine(),
          "Give one of " + String.join(", ", VENV, REQUIREMENT, FILE));
    }
    if (venv != null) {
      return PythonEnvironment.of(venv);
    }
    if (file != null) {
      return PythonEnvironment.requirementsFile(file);
    }
    return requirements.isEmpty()
        ? PythonEnvironment.embedded()
        : PythonEnvironment.requirements(requirements.toArray(String[]::new));
  }
}

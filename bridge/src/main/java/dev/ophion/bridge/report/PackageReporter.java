package dev.ophion.bridge.report;

import dev.ophion.Isolation;
import dev.ophion.PackageReport;
import dev.ophion.PackageReport.Loading;
import dev.ophion.PackageReport.Verdict;
import dev.ophion.StartException;
import dev.ophion.bridge.cache.CacheFolders;
import dev.ophion.bridge.copies.CopyRules;
import dev.ophion.bridge.environment.ResolvedEnvironment;
import dev.ophion.bridge.report.ProbeResult.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports on the packages of one environment. Thread-safe. */
public final class PackageReporter {

  private static final Logger LOG = LoggerFactory.getLogger(PackageReporter.class);
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final int NAMED = 2;

  private final ResolvedEnvironment environment;
  private final CacheFolders folders;
  private final Collection<String> privateLibraries;
  private final CopyRules rules;
  private final Duration deadline;
  private final Path javaHome;

  /**
   * Makes a reporter.
   *
   * @param environment whose packages it reports on
   * @param folders those that it was made with
   * @param privateLibraries which libraries are copied that would not have to be
   */
  public PackageReporter(
      ResolvedEnvironment environment, CacheFolders folders, Collection<String> privateLibraries) {
    this(
        environment, folders, privateLibraries, DEADLINE, Path.of(System.getProperty("java.home")));
  }

  PackageReporter(
      ResolvedEnvironment environment,
      CacheFolders folders,
      Collection<String> privateLibraries,
      Duration deadline,
      Path javaHome) {
    this.javaHome = javaHome;
    this.environment = environment;
    this.folders = folders;
    this.privateLibraries = List.copyOf(privateLibraries);
    rules = CopyRules.builtIn().with(privateLibraries);
    this.deadline = deadline;
  }

  /**
   * Reads and tries packages, one after another.
   *
   * @param names their names, or none for all
   * @throws StartException if files cannot be read, the environment's Python cannot be run, or the
   *     thread is interrupted
   */
  public List<PackageReport> report(Collection<String> names) {
    try (Trial trial = begin()) {
      Map<String, InstalledPackage> installed = InstalledPackage.all(environment.sitePaths());
      Collection<String> wanted =
          names.isEmpty()
              ? installed.values().stream().map(InstalledPackage::name).toList()
              : names;
      List<PackageReport> reports = new ArrayList<>();
      for (String name : wanted) {
        InstalledPackage found = installed.get(InstalledPackage.normalized(name));
        LOG.debug("Trying {}", name);
        reports.add(found == null ? missing(name) : report(name, found, trial));
      }
      return List.copyOf(reports);
    } catch (IOException e) {
      throw new StartException(
          "The packages of %s cannot be examined: %s".formatted(environment.prefix(), e), e);
    }
  }

  private Trial begin() throws IOException {
    List<String> arguments = new ArrayList<>(TrialJvm.arguments(folders));
    boolean isVirtual = Files.exists(environment.prefix().resolve("pyvenv.cfg"));
    arguments.add(isVirtual ? environment.prefix().toAbsolutePath().toString() : "");
    arguments.addAll(privateLibraries);
    try {
      return JvmProbe.start(javaHome, arguments, deadline);
    } catch (IOException e) {
      LOG.warn("Packages are tried in the environment's Python only: {}", e.getMessage());
      return new ImportProbe(
          environment.executable(),
          deadline,
          " (tried in a plain Python process, since " + e.getMessage() + ")");
    }
  }

  private PackageReport missing(String name) {
    Verdict none =
        new Verdict(
            Loading.NO, "it is not installed in " + environment.sitePaths(), List.<Path>of());
    return new PackageReport(
        name, Optional.empty(), Map.of(Isolation.SUBINTERPRETER, none, Isolation.IMAGE, none));
  }

  private PackageReport report(String name, InstalledPackage found, Trial trial)
      throws IOException {
    CopiedFiles copies = CopiedFiles.of(found.libraries(), rules);
    ProbeTask compiled = new ProbeTask(found.modules(), List.of(), ExtensionNames.of(found));
    Verdict image = inImage(trial.run(Isolation.IMAGE, compiled), copies);
    Verdict subinterpreter = inSubinterpreter(found, trial);
    return new PackageReport(
        name,
        Optional.of(found.version()),
        Map.of(
            Isolation.SUBINTERPRETER,
            with(trial.caveat(), subinterpreter),
            Isolation.IMAGE,
            with(trial.caveat(), image)));
  }

  private static Verdict with(String caveat, Verdict verdict) {
    return new Verdict(verdict.loading(), verdict.reason() + caveat, verdict.copiedFiles());
  }

  private static Verdict inSubinterpreter(InstalledPackage found, Trial trial) throws IOException {
    ProbeResult whole = trial.run(Isolation.SUBINTERPRETER, ProbeTask.of(found.modules()));
    if (!whole.imported() || !whole.failure().isEmpty()) {
      int last = whole.refused().size() - 1;
      String reason = last < 0 ? whole.failure() : text(whole.refused().get(last));
      return new Verdict(Loading.NO, reason, List.of());
    }
    if (!whole.refused().isEmpty()) {
      return new Verdict(Loading.FALLBACK, "without " + text(whole.refused()), List.of());
    }
    List<String> extensions = ExtensionNames.of(found);
    if (extensions.isEmpty()) {
      return new Verdict(Loading.YES, "pure Python", List.of());
    }
    // Importing the package may not have touched them.
    ProbeTask parts = new ProbeTask(found.modules(), ModuleNames.submodules(found), extensions);
    return judge(trial.run(Isolation.SUBINTERPRETER, parts), extensions);
  }

  private static Verdict judge(ProbeResult parts, List<String> extensions) {
    if (!parts.failure().isEmpty()) {
      String module = parts.last().isEmpty() ? "a module of it" : parts.last();
      return new Verdict(Loading.NO, module + ": " + parts.failure(), List.of());
    }
    List<Refused> own =
        parts.refused().stream().filter(one -> extensions.contains(one.module())).toList();
    if (own.isEmpty()) {
      return parts.refused().isEmpty()
          ? new Verdict(
              Loading.YES,
              "its compiled modules support interpreters with their own GIL",
              List.of())
          : new Verdict(Loading.FALLBACK, "parts of it need " + text(parts.refused()), List.of());
    }
    if (parts.survived()) {
      return new Verdict(Loading.FALLBACK, "without " + text(own), List.of());
    }
    if (parts.loaded().isEmpty()) {
      return new Verdict(
          Loading.NO, "all of its compiled modules are refused: " + text(own), List.of());
    }
    return new Verdict(
        Loading.FALLBACK,
        "%d of its %d compiled modules are refused: %s"
            .formatted(own.size(), extensions.size(), text(own)),
        List.of());
  }

  private static Verdict inImage(ProbeResult result, CopiedFiles copies) {
    if (!result.imported()) {
      return new Verdict(Loading.NO, result.failure(), List.of());
    }
    if (!result.failure().isEmpty()) {
      String module = result.last().isEmpty() ? "a module of it" : result.last();
      return new Verdict(
          Loading.FALLBACK, "without " + module + ": " + result.failure(), copies.copied());
    }
    if (!result.refused().isEmpty()) {
      return new Verdict(Loading.FALLBACK, "without " + text(result.refused()), copies.copied());
    }
    if (!copies.unreadable().isEmpty()) {
      return new Verdict(
          Loading.FALLBACK,
          "without libraries that cannot be copied: " + String.join("; ", copies.unreadable()),
          copies.copied());
    }
    return new Verdict(
        Loading.YES,
        copies.copied().isEmpty()
            ? "nothing of it uses libpython directly"
            : "%d of its files are copied for each image".formatted(copies.copied().size()),
        copies.copied());
  }

  private static String text(List<Refused> refused) {
    String named =
        refused.stream().limit(NAMED).map(PackageReporter::text).collect(Collectors.joining("; "));
    int more = refused.size() - NAMED;
    return more > 0 ? named + "; and " + more + " more" : named;
  }

  private static String text(Refused refused) {
    return refused.module() + ": " + refused.reason();
  }
}

package dev.ophion.bridge.report;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one imports of a package: names of packages and modules are often not alike. Stateless. */
final class ModuleNames {

  private static final Pattern MODULE =
      Pattern.compile(
          "((?:[\\p{L}_][\\p{L}\\p{N}_]*/)*[\\p{L}_][\\p{L}\\p{N}_]*)(\\.[^/]*)?\\.(py|so)");
  private static final Pattern SUBMODULE =
      Pattern.compile("([\\p{L}_][\\p{L}\\p{N}_/]*)/([\\p{L}_][\\p{L}\\p{N}_]*)(/__init__)?\\.py");
  private static final int MOST_SUBMODULES = 50;
  private static final Set<String> BYSTANDERS =
      Set.of("test", "tests", "testing", "docs", "doc", "example", "examples", "benchmarks");

  private ModuleNames() {}

  static List<String> of(InstalledPackage installed) {
    Set<String> modules = roots(installed.files());
    String wanted = InstalledPackage.normalized(installed.name());
    Optional<String> namesake =
        modules.stream().filter(name -> InstalledPackage.normalized(name).equals(wanted)).findAny();
    if (namesake.isPresent()) {
      return List.of(namesake.get());
    }
    List<String> chosen =
        modules.stream()
            .filter(name -> !name.startsWith("_") && !name.contains("._"))
            .filter(name -> !BYSTANDERS.contains(name.split("\\.", 2)[0]))
            .toList();
    return chosen.isEmpty() ? List.copyOf(modules) : chosen;
  }

  /** Modules right inside those that stand for the package, but for private and test ones. */
  static List<String> submodules(InstalledPackage installed) {
    Set<String> parents = new HashSet<>(of(installed));
    return installed.files().stream()
        .map(SUBMODULE::matcher)
        .filter(Matcher::matches)
        .filter(file -> parents.contains(file.group(1).replace('/', '.')))
        .filter(file -> !file.group(2).startsWith("_") && !file.group(2).contains("test"))
        .filter(file -> !BYSTANDERS.contains(file.group(2)))
        .map(file -> (file.group(1) + '/' + file.group(2)).replace('/', '.'))
        .sorted()
        .limit(MOST_SUBMODULES)
        .toList();
  }

  /** Packages and modules that lie in no package: {@code google/protobuf}, if google is none. */
  private static Set<String> roots(List<String> files) {
    Set<String> packages = new HashSet<>();
    Set<String> modules = new HashSet<>();
    for (String file : files) {
      Matcher module = MODULE.matcher(file);
      if (module.matches()) {
        String name = module.group(1);
        if (name.endsWith("/__init__")) {
          packages.add(name.substring(0, name.length() - "/__init__".length()));
        } else if (!name.contains("/")) {
          modules.add(name);
        }
      }
    }
    Set<String> roots = new TreeSet<>(modules);
    for (String name : packages) {
      int slash = name.lastIndexOf('/');
      if (slash < 0 || !isInside(name.substring(0, slash), packages)) {
        roots.add(name.replace('/', '.'));
      }
    }
    return roots;
  }

  private static boolean isInside(String folder, Set<String> packages) {
    for (String at = folder; ; at = at.substring(0, at.lastIndexOf('/'))) {
      if (packages.contains(at)) {
        return true;
      }
      if (!at.contains("/")) {
        return false;
      }
    }
  }
}

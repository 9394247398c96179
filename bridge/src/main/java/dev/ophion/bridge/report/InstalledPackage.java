package dev.ophion.bridge.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A package as its installer has recorded it ({@code *.dist-info}).
 *
 * <p>Threading: immutable.
 *
 * @param name as the package writes it
 * @param version as the package writes it
 * @param folder where its files lie
 * @param files their names relative to the folder; those outside of it are left out
 */
record InstalledPackage(String name, String version, Path folder, List<String> files) {

  private static final Pattern LIBRARY = Pattern.compile(".*\\.so(\\.\\d+)*");
  private static final Pattern HEADER = Pattern.compile("(?m)^(Name|Version):\\s*(\\S+)\\s*$");

  InstalledPackage {
    files = List.copyOf(files);
  }

  /** Returns the packages of all folders by their normalised names; earlier folders win. */
  static Map<String, InstalledPackage> all(List<Path> sitePaths) throws IOException {
    Map<String, InstalledPackage> packages = new TreeMap<>();
    for (Path folder : sitePaths) {
      try (DirectoryStream<Path> infos = Files.newDirectoryStream(folder, "*.dist-info")) {
        for (Path info : infos) {
          if (Files.exists(info.resolve("METADATA"))) {
            InstalledPackage found = read(folder, info);
            packages.putIfAbsent(normalized(found.name()), found);
          }
        }
      }
    }
    return packages;
  }

  private static InstalledPackage read(Path folder, Path info) throws IOException {
    String metadata = text(info.resolve("METADATA"));
    // Headers end at the first empty line.
    Matcher header = HEADER.matcher(metadata.split("\\R\\R", 2)[0]);
    Map<String, String> values = new TreeMap<>();
    while (header.find()) {
      values.putIfAbsent(header.group(1), header.group(2));
    }
    List<String> files = new ArrayList<>();
    Path record = info.resolve("RECORD");
    if (Files.exists(record)) {
      for (String line : text(record).lines().toList()) {
        String name = firstField(line);
        if (!name.startsWith("..") && !name.startsWith("/") && !name.isEmpty()) {
          files.add(name);
        }
      }
    }
    return new InstalledPackage(
        values.getOrDefault("Name", info.getFileName().toString()),
        values.getOrDefault("Version", "unknown"),
        folder,
        files);
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static String firstField(String csv) {
    if (csv.startsWith("\"")) {
      int end = csv.indexOf("\",", 1);
      return end < 0 ? "" : csv.substring(1, end).replace("\"\"", "\"");
    }
    int comma = csv.indexOf(',');
    return comma < 0 ? csv : csv.substring(0, comma);
  }

  /** Makes names comparable (PEP 503). */
  static String normalized(String name) {
    return name.replaceAll("[-_.]+", "-").toLowerCase(Locale.ROOT);
  }

  /** Returns its shared libraries, extension modules among them, that are there. */
  List<Path> libraries() {
    return files.stream()
        .filter(file -> LIBRARY.matcher(file).matches())
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .toList();
  }

  /** Returns the modules to import in order to try it. */
  List<String> modules() {
    return ModuleNames.of(this);
  }
}

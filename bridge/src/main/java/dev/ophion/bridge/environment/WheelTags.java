package dev.ophion.bridge.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether installed packages are for a Python, by the compatibility tags that installers leave in
 * {@code *.dist-info/WHEEL} (PEP 425). Packages that were not installed as wheels have none and
 * pass.
 *
 * <p>Threading: immutable.
 *
 * @param minor the minor version of CPython 3
 */
record WheelTags(int minor) {

  private static final Pattern PYTHON = Pattern.compile("(py|cp)3(\\d*)");
  private static final String PROCESSOR = "_x86_64";
  private static final String TAG = "Tag:";

  /** Returns the first package of a folder that is for another Python, with its tags. */
  Optional<String> misfit(Path sitePackages) throws IOException {
    try (DirectoryStream<Path> packages = Files.newDirectoryStream(sitePackages, "*.dist-info")) {
      for (Path folder : packages) {
        Path file = folder.resolve("WHEEL");
        if (Files.isRegularFile(file)) {
          List<String> tags = tags(file);
          if (!tags.isEmpty() && tags.stream().noneMatch(this::fits)) {
            String name = folder.getFileName().toString().replace(".dist-info", "");
            return Optional.of(name + " (" + String.join(", ", tags) + ")");
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> tags(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(TAG))
        .map(line -> line.substring(TAG.length()).strip())
        .toList();
  }

  /** Takes one tag, whose parts may be sets: {@code py2.py3-none-any}. */
  boolean fits(String tag) {
    String[] parts = tag.split("-", -1);
    if (parts.length != 3) {
      return true;
    }
    return Pattern.compile("\\.").splitAsStream(parts[2]).anyMatch(WheelTags::isThisPlatform)
        && Pattern.compile("\\.")
            .splitAsStream(parts[1])
            .anyMatch(
                abi ->
                    Pattern.compile("\\.")
                        .splitAsStream(parts[0])
                        .anyMatch(python -> fits(python, abi)));
  }

  private static boolean isThisPlatform(String platform) {
    return platform.equals("any")
        || ((platform.startsWith("linux") || platform.startsWith("manylinux"))
            && platform.endsWith(PROCESSOR));
  }

  private boolean fits(String python, String abi) {
    Matcher tag = PYTHON.matcher(python);
    if (!tag.matches()) {
      return false;
    }
    int wanted = tag.group(2).isEmpty() ? 0 : Integer.parseInt(tag.group(2));
    return switch (abi) {
      case "none" -> tag.group(1).equals("py") ? wanted <= minor : wanted == minor || wanted == 0;
      case "abi3" -> wanted <= minor;
      default -> abi.equals("cp3" + minor);
    };
  }
}

package dev.ophion.bridge.report;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which files of a package Python can import as extension modules. Stateless. */
final class ExtensionNames {

  private static final Pattern EXTENSION =
      Pattern.compile(
          "((?:[\\p{L}_][\\p{L}\\p{N}_]*/)*[\\p{L}\\p{N}_]+)(\\.cpython-314-x86_64-linux-gnu|\\.abi3)?\\.so");

  private ExtensionNames() {}

  /** Returns the dotted names; a library that merely looks like a module may be among them. */
  static List<String> of(InstalledPackage installed) {
    return installed.files().stream()
        .map(EXTENSION::matcher)
        .filter(Matcher::matches)
        .map(file -> file.group(1).replace('/', '.'))
        .distinct()
        .toList();
  }
}

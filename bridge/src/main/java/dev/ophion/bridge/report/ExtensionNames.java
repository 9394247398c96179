package dev.ophion.bridge.report;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Which libraries Python can import, by their names. Stateless. */
final class ExtensionNames {

  private static final Pattern EXTENSION =
      Pattern.compile("[\\p{L}\\p{N}_]+(\\.cpython-314-x86_64-linux-gnu|\\.abi3)?\\.so");

  private ExtensionNames() {}

  static boolean isExtension(Path library) {
    return EXTENSION.matcher(library.getFileName().toString()).matches();
  }
}

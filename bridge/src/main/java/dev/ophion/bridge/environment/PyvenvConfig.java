package dev.ophion.bridge.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code pyvenv.cfg} says (PEP 405). The standard library, virtualenv and uv write different
 * names into it.
 *
 * <p>Threading: immutable.
 *
 * @param version such as {@code 3.14.3}, as far as it is known
 * @param implementation such as {@code CPython}
 * @param seesOutside whether the packages of the Python it was made with are visible in it
 */
record PyvenvConfig(
    Optional<String> version, Optional<String> implementation, boolean seesOutside) {

  static final String FILE = "pyvenv.cfg";

  static PyvenvConfig read(Path file) throws IOException {
    Map<String, String> values = new HashMap<>();
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        String name = line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        values.putIfAbsent(name, line.substring(equals + 1).strip());
      }
    }
    return new PyvenvConfig(
        Optional.ofNullable(values.get("version"))
            .or(() -> Optional.ofNullable(values.get("version_info"))),
        Optional.ofNullable(values.get("implementation")),
        "true".equalsIgnoreCase(values.get("include-system-site-packages")));
  }
}

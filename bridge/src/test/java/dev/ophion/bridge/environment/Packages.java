package dev.ophion.bridge.environment;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes packages that pip installs without a network. */
public final class Packages {

  private static final String METADATA = "Metadata-Version: 2.1\nName: %s\nVersion: %s\n";
  private static final String WHEEL =
      "Wheel-Version: 1.0\nGenerator: ophion\nRoot-Is-Purelib: true\nTag: py3-none-any\n";

  /**
   * Builds the wheel {@code slow-1.0} by itself: notes that it was called, then tells its number to
   * a named pipe and waits for ever, unless a file says not to.
   */
  private static final String BACKEND =
      """
      import os, shutil, signal
      HERE = os.path.dirname(os.path.abspath(__file__))
      OUTSIDE = %s

      def build_wheel(directory, config_settings=None, metadata_directory=None):
          with open(os.path.join(OUTSIDE, "calls"), "a") as calls:
              calls.write("called\\n")
          if not os.path.exists(os.path.join(OUTSIDE, "go")):
              with open(os.path.join(OUTSIDE, "pipe"), "w") as pipe:
                  pipe.write(str(os.getpid()))
              while True:
                  signal.pause()
          name = "slow-1.0-py3-none-any.whl"
          shutil.copy(os.path.join(HERE, name), directory)
          return name
      """;

  private Packages() {}

  /** Writes a wheel of one module with a console script that calls its main. */
  public static Path wheel(Path folder, String name, String version, String source)
      throws IOException {
    Files.createDirectories(folder);
    String info = name + "-" + version + ".dist-info/";
    Map<String, String> files = new TreeMap<>();
    files.put(name + ".py", source);
    files.put(info + "METADATA", METADATA.formatted(name, version));
    files.put(info + "WHEEL", WHEEL);
    files.put(
        info + "entry_points.txt", "[console_scripts]\n%s-run = %s:main\n".formatted(name, name));
    StringBuilder record = new StringBuilder(info + "RECORD,,\n");
    files.keySet().forEach(file -> record.append(file).append(",,\n"));
    files.put(info + "RECORD", record.toString());
    Path wheel = folder.resolve(name + "-" + version + "-py3-none-any.whl");
    try (OutputStream out = Files.newOutputStream(wheel);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return wheel;
  }

  /** Writes sources whose build waits; {@code outside} holds its switches. */
  static Path slowSources(Path folder, Path outside) throws IOException {
    wheel(folder, "slow", "1.0", "VALUE = 'slow'\n");
    Files.writeString(
        folder.resolve("pyproject.toml"),
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n");
    Files.writeString(folder.resolve("backend.py"), BACKEND.formatted("'" + outside + "'"));
    return folder;
  }
}

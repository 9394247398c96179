package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.relocation.RealFiles;
import dev.ophion.bridge.relocation.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Two images in one process without a JVM, each with the copies of its own slot. */
final class Images {

  private final Path work;
  private final CopyCache cache;

  Images(Path work, CopyCache cache) {
    this.work = work;
    this.cache = cache;
  }

  /**
   * Runs Python code in both images at once; {@code image} is 1 or 2 in it.
   *
   * @param site the folder of the packages
   * @return what both printed
   */
  List<String> run(Path site, String body) throws Exception {
    Path driver = Tools.compile("images.cpp", work.resolve("images"));
    List<String> command = new ArrayList<>(List.of(driver.toString(), script()));
    StringBuilder table = new StringBuilder();
    for (int image = 1; image <= 2; image++) {
      Slot slot = new Slot(image);
      command.add(cache.libpython(slot).toString());
      for (Path module : modules(site)) {
        Path copy = cache.extension(module, slot);
        table.append(image).append('\0').append(module).append('\0').append(copy).append('\0');
      }
    }
    Path copies = Files.writeString(work.resolve("copies.txt"), table);
    Map<String, String> environment =
        Map.of(
            "PYTHONHOME", RealFiles.DISTRIBUTION.home().toString(),
            "COPIES", copies.toString(),
            "SITE", site.toString(),
            "BODY", body);
    Tools.Result result = Tools.run(work.resolve("log"), environment, command);
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output()).contains("global none");
    return result
        .output()
        .lines()
        .filter(line -> !line.startsWith("global") && !line.startsWith("image"))
        .sorted()
        .toList();
  }

  private static List<Path> modules(Path site) throws IOException {
    List<Path> modules = new ArrayList<>();
    for (Path folder : List.of(RealFiles.modules(), site)) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .filter(file -> file.getFileName().toString().matches(".*\\.(cpython-|abi3).*so"))
            .forEach(modules::add);
      }
    }
    return modules;
  }

  private static String script() throws IOException {
    try (var in = Images.class.getResourceAsStream("slots.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

package dev.ophion.bridge.relocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What copies are for, shown in processes in which nothing else has loaded a Python. */
final class RelocatedImagesTest {

  private static final List<String> MODULES =
      List.of("_json", "_ctypes", "_struct", "_decimal", "_sqlite3", "math", "_random");

  @TempDir Path temporary;

  @Test
  void copiesOfLibpython_inOneProcess_runTwoPythonsWithModulesOfTheirOwn() throws Exception {
    Path driver = Tools.compile("images.cpp", temporary.resolve("images"));
    List<String> command = new ArrayList<>(List.of(driver.toString(), resource("images.py")));
    command.add(image(1).toString());
    command.add(image(2).toString());
    Map<String, String> environment =
        Map.of(
            "PYTHONHOME",
            RealFiles.DISTRIBUTION.home().toString(),
            "COPIES",
            folder(1) + ":" + folder(2));
    Tools.Result result = Tools.run(temporary.resolve("log"), environment, command);
    assertThat(result.status()).as(result.output()).isZero();
    List<String> lines = result.output().lines().toList();
    assertThat(lines).hasSize(5);
    List<String> first = List.of(lines.get(0).split(" ", 3));
    List<String> second = List.of(lines.get(1).split(" ", 3));
    assertThat(first).hasSize(3).startsWith("image").doesNotContain(second.get(1), second.get(2));
    assertThat(lines.get(2)).isEqualTo("global none");
    int copies = 1 + MODULES.size();
    for (int image = 1; image <= 2; image++) {
      assertThat(lines)
          .contains(
              image + ": own float True, {'a': [1.5, '0.25']}, (42,), " + copies + " copies, True");
    }
  }

  @Test
  void uniqueSymbols_areTheCopysOwn() throws Exception {
    Path library = Tools.compile("unique.cpp", temporary.resolve("unique.so"), "-shared", "-fPIC");
    Path driver = Tools.compile("unique_main.cpp", temporary.resolve("main"));
    List<String> command = new ArrayList<>(List.of(driver.toString(), library.toString()));
    for (String name : List.of("first.so", "second.so")) {
      Path copy = temporary.resolve(name);
      Relocator.relocate(library, copy, Relocation.named(name).build());
      command.add(copy.toString());
    }
    assertThat(distinctAddresses(command)).isEqualTo(3);
    // As they were, the loader makes them one: it is the copying that keeps them apart.
    Path plain = Files.copy(library, temporary.resolve("plain.so"));
    assertThat(distinctAddresses(List.of(driver.toString(), library.toString(), plain.toString())))
        .isEqualTo(1);
  }

  @Test
  void exceptions_inTheCopyOfAStrippedLibrary_areCaught() throws Exception {
    // Nothing but the section headers lies between its data and the end of the file.
    Path library =
        Tools.compile("throwing.cpp", temporary.resolve("throwing.so"), "-shared", "-fPIC", "-s");
    Path driver = Tools.compile("throwing_main.cpp", temporary.resolve("main"));
    Path copy = temporary.resolve("copy.so");
    Relocator.relocate(library, copy, Relocation.named("copy.so").build());
    Tools.Result result =
        Tools.run(temporary.resolve("log"), Map.of(), List.of(driver.toString(), copy.toString()));
    assertThat(result.output()).isEqualTo("42\n");
    assertThat(result.status()).isZero();
  }

  private long distinctAddresses(List<String> command) throws Exception {
    Tools.Result result = Tools.run(temporary.resolve("log"), Map.of(), command);
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output().lines()).hasSize(command.size() - 1);
    return result.output().lines().distinct().count();
  }

  /** Makes the copies of an image and returns its libpython. */
  private Path image(int number) throws IOException {
    Path folder = Files.createDirectory(folder(number));
    String soname = "libpython-" + number + ".so";
    Relocator.relocate(
        RealFiles.libpython(),
        folder.resolve(soname),
        Relocation.named(soname).runPath(runPath(RealFiles.libpython(), folder)).build());
    for (String module : MODULES) {
      Path original = RealFiles.module(module);
      String name = module + "-" + number + ".so";
      Relocation change =
          Relocation.named(name).dependFirstOn(soname).runPath(runPath(original, folder)).build();
      Relocator.relocate(original, folder.resolve(name), change);
    }
    return folder.resolve(soname);
  }

  private static String runPath(Path original, Path folder) throws IOException {
    return RunPaths.absolute(ElfFile.read(original).runPath(), original.getParent(), folder);
  }

  private Path folder(int number) {
    return temporary.resolve("image" + number);
  }

  private static String resource(String name) throws IOException {
    try (var in = RelocatedImagesTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

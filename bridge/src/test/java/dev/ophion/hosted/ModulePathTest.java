package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.JvmRun;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ophion with everything on the module path: an application that is a module. */
@Tag("subinterpreter") // both kinds of isolation, whatever the default is
final class ModulePathTest {

  /** What a user's build puts there: the dependencies at run time, by their names. */
  private static final List<String> ARTIFACTS =
      List.of("jctools-core-jdk11-", "jctools-core-4", "slf4j-api-");

  private static final String PRESET = "cpython-3";

  @TempDir static Path folder;

  private static Path application;

  @BeforeAll
  static void compile() throws Exception {
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path main = Files.createDirectories(sources.resolve("app")).resolve("Main.java");
    Files.writeString(sources.resolve("module-info.java"), "module app { requires dev.ophion; }");
    Files.writeString(
        main,
        """
        package app;

        import dev.ophion.*;

        public final class Main {
          public static void main(String[] arguments) {
            try (Python python = Python.start()) {
              for (Isolation isolation : Isolation.values()) {
                try (Interpreter interpreter = python.newInterpreter(
                    InterpreterOptions.builder().name("app").isolation(isolation).build())) {
                  System.out.println(isolation + " says " + interpreter.eval("6 * 7"));
                }
              }
              System.out.println(Main.class.getModule() + " with " + python.getClass().getModule());
            }
          }
        }
        """);
    application = folder.resolve("application");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                application.toString(),
                "-p",
                Path.of("../api/target/classes").toAbsolutePath()
                    + File.pathSeparator
                    + String.join(File.pathSeparator, entries(List.of("jspecify-"))),
                sources.resolve("module-info.java").toString(),
                main.toString());
    assertThat(status).isZero();
  }

  private static List<String> artifacts(String... more) {
    return entries(Stream.concat(ARTIFACTS.stream(), Arrays.stream(more)).toList());
  }

  private static List<String> entries(List<String> names) {
    return Arrays.stream(JvmRun.testClassPath().split(File.pathSeparator, -1))
        .filter(
            entry -> names.stream().anyMatch(Path.of(entry).getFileName().toString()::startsWith))
        .toList();
  }

  private static String modulePath(String... more) {
    List<String> entries = new ArrayList<>(List.of(application.toString()));
    for (String module : List.of("api", "native", "bridge")) {
      entries.add(Path.of("..", module, "target", "classes").toAbsolutePath().toString());
    }
    entries.addAll(artifacts(more));
    return String.join(File.pathSeparator, entries);
  }

  private static JvmRun strict() {
    JvmRun run = new JvmRun().with("--enable-native-access=dev.ophion.natives");
    return JvmRun.release() < 24
        ? run
        : run.with("--illegal-native-access=deny", "--sun-misc-unsafe-memory-access=deny");
  }

  private static void requireWorks(JvmRun.Outcome outcome) {
    assertThat(outcome.output())
        .contains("SUBINTERPRETER says 42", "IMAGE says 42")
        .contains("module app with module dev.ophion.bridge")
        .doesNotContain("WARNING");
    assertThat(outcome.status()).isZero();
  }

  @Test
  void application_everythingOnTheModulePath_runs() throws Exception {
    requireWorks(strict().with("-p", modulePath(PRESET), "-m", "app/app.Main").run());
  }

  @Test
  void application_presetInAFolderOfModules_runs() throws Exception {
    Path modules = Files.createDirectories(folder.resolve("modules"));
    for (String jar : artifacts(PRESET)) {
      Path link = modules.resolve(Path.of(jar).getFileName());
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, Path.of(jar));
      }
    }
    String path =
        Stream.of(modulePath().split(File.pathSeparator, -1))
            .filter(entry -> !entry.endsWith(".jar"))
            .reduce(modules.toString(), (left, right) -> left + File.pathSeparator + right);
    requireWorks(strict().with("-p", path, "-m", "app/app.Main").run());
  }

  @Test
  void application_presetOnTheClassPath_runs() throws Exception {
    JvmRun run = strict().with("-p", modulePath());
    List<String> all = artifacts(PRESET);
    List<String> preset = all.stream().filter(entry -> entry.contains(PRESET)).toList();
    requireWorks(
        run.with("-cp", String.join(File.pathSeparator, preset), "-m", "app/app.Main").run());
  }

  @Test
  void runtimeImageOfJlink_withThePresetBesideIt_runs() throws Exception {
    Path image = folder.resolve("image");
    int status =
        java.util.spi.ToolProvider.findFirst("jlink")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "--module-path",
                modulePath(),
                "--add-modules",
                "app,dev.ophion.bridge",
                "--output",
                image.toString());
    assertThat(status).isZero();
    String preset = String.join(File.pathSeparator, entries(List.of(PRESET)));
    for (String how : List.of("-p", "-cp")) {
      requireWorks(strict().in(image).with(how, preset, "-m", "app/app.Main").run());
    }
  }

  @Test
  void application_withoutPreset_isToldWhatToAdd() throws Exception {
    JvmRun.Outcome outcome = strict().with("-p", modulePath(), "-m", "app/app.Main").run();
    assertThat(outcome.output())
        .contains("StartException")
        .contains("module path")
        .contains("org.bytedeco:cpython:");
  }
}

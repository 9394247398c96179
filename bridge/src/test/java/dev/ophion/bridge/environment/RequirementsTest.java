package dev.ophion.bridge.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.PythonEnvironment;
import dev.ophion.StartException;
import dev.ophion.bridge.distribution.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real installations by the embedded pip, from wheels that the tests make. */
final class RequirementsTest {

  private static final String MODULE = "VALUE = 'pure 1'\ndef main(): print(VALUE)\n";
  private static Distribution distribution;

  @TempDir Path temporary;
  private Path cache;
  private Path wheels;

  @BeforeAll
  static void obtain() {
    distribution = Pythons.distribution();
  }

  @BeforeEach
  void makeWheel() throws IOException {
    // A blank: shebang lines of scripts have to cope with it.
    cache = temporary.resolve("a cache");
    wheels = temporary.resolve("wheels");
    Packages.wheel(wheels, "pure", "1.0", MODULE);
  }

  private PythonEnvironment.Installed fromWheels(String... requirements) {
    return PythonEnvironment.requirements(requirements)
        .withPipArguments("--no-index", "--find-links", wheels.toString());
  }

  private ResolvedEnvironment resolve(PythonEnvironment environment) {
    return EnvironmentResolver.resolve(environment, distribution, cache);
  }

  @Test
  void embedded_isTheDistributionItself() {
    assertThat(resolve(PythonEnvironment.embedded()))
        .isEqualTo(
            new ResolvedEnvironment(
                distribution.executable(),
                distribution.home(),
                List.of(distribution.stdlib().resolve("site-packages"))));
    assertThat(cache).doesNotExist();
  }

  @Test
  void requirements_emptyCache_giveAnEnvironmentThatRuns() throws Exception {
    ResolvedEnvironment environment = resolve(fromWheels("pure==1.0"));

    assertThat(
            Pythons.run(
                environment.executable(),
                "-c",
                "import sys, pure; print(pure.VALUE, pure.__file__, sys.prefix, sys.base_prefix, sep='|')"))
        .isEqualTo(
            "pure 1|%s/pure.py|%s|%s"
                .formatted(
                    environment.sitePaths().get(0), environment.prefix(), distribution.home()));
    assertThat(Pythons.run(environment.prefix().resolve("bin/pure-run"))).isEqualTo("pure 1");
    assertThat(environment.prefix()).startsWith(cache.toRealPath());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
        .isEqualTo("rwx------");
  }

  @Test
  void requirements_installedBefore_needNeitherIndexNorPip() throws Exception {
    ResolvedEnvironment first = resolve(fromWheels("pure"));
    Files.delete(wheels.resolve("pure-1.0-py3-none-any.whl"));
    var installed = Files.getLastModifiedTime(first.prefix().resolve(".ophion-complete"));

    assertThat(resolve(fromWheels("pure"))).isEqualTo(first);
    assertThat(resolve(fromWheels("pure").withOffline(true))).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(first.prefix().resolve(".ophion-complete")))
        .isEqualTo(installed);
  }

  @Test
  void requirements_cacheMoved_areFoundWithoutPip() throws Exception {
    Path origin = resolve(fromWheels("pure")).prefix();
    for (String name : List.of("moved", "moved again, and to a longer name" + "-".repeat(99))) {
      Path moved = temporary.resolve(name);
      Files.move(cache, moved);
      cache = moved;
      ResolvedEnvironment environment = resolve(fromWheels("pure").withOffline(true));

      assertThat(environment.prefix()).startsWith(moved.toRealPath());
      assertThat(Pythons.run(environment.prefix().resolve("bin/pure-run"))).isEqualTo("pure 1");
      assertThat(
              Pythons.run(
                  environment.executable(),
                  "-c",
                  "import sys, pure; print(pure.VALUE, sys.prefix)"))
          .isEqualTo("pure 1 " + environment.prefix());
      assertThat(Files.readString(environment.prefix().resolve("bin/activate")))
          .doesNotContain(origin.toString());
      assertThat(resolve(fromWheels("pure").withOffline(true))).isEqualTo(environment);
    }
  }

  @Test
  void requirements_offlineAndNotInstalled_failAtOnce() {
    assertThatThrownBy(() -> resolve(fromWheels("pure").withOffline(true)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("pure")
        .hasMessageContaining("is not installed")
        .hasMessageContaining(cache.getFileName().toString());
  }

  @Test
  void requirements_ownDirectory_liveThere() throws Exception {
    Path own = temporary.resolve("own");
    ResolvedEnvironment environment = resolve(fromWheels("pure").withDirectory(own));
    assertThat(environment.prefix()).startsWith(own.toRealPath());
    assertThat(cache).doesNotExist();
  }

  @Test
  void requirements_directoryOpenToOthers_isRefused() throws IOException {
    Path open = Files.createDirectory(temporary.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> resolve(fromWheels("pure").withDirectory(open)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("mode 777");
  }

  @Test
  void requirements_environmentOpenedToOthersLater_isRefused() throws IOException {
    Path prefix = resolve(fromWheels("pure")).prefix();
    Files.setPosixFilePermissions(prefix, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> resolve(fromWheels("pure")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(prefix.toString());
  }

  @Test
  void requirements_malformed_failWithPipsWords() throws IOException {
    assertThatThrownBy(() -> resolve(fromWheels("pure ~~ 1")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("ERROR: Invalid requirement: 'pure ~~ 1'");
    assertThat(leftOvers()).isEmpty();
  }

  @Test
  void requirements_unknownPackage_failWithPipsWords_andCanBeRepeated() throws Exception {
    assertThatThrownBy(() -> resolve(fromWheels("pure", "late")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("ERROR: No matching distribution found for late")
        .hasMessageContaining("--index-url");
    assertThat(leftOvers()).isEmpty();
    Packages.wheel(wheels, "late", "2.0", "VALUE = 2\n");
    assertThat(resolve(fromWheels("pure", "late")).sitePaths().get(0).resolve("late.py"))
        .isRegularFile();
  }

  @Test
  void requirements_noNetwork_failWithPipsWords() {
    PythonEnvironment unreachable =
        PythonEnvironment.requirements("pure-from-nowhere")
            .withPipArguments(
                "--index-url", "http://me:secret@127.0.0.1:1/simple", "--retries", "1");
    assertThatThrownBy(() -> resolve(unreachable))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("Connection refused")
        .hasMessageContaining("127.0.0.1")
        .hasMessageNotContaining("secret");
  }

  @Test
  void requirements_damagedEnvironment_isInstalledAgain() throws Exception {
    ResolvedEnvironment environment = resolve(fromWheels("pure"));
    Files.delete(environment.executable());
    assertThat(resolve(fromWheels("pure"))).isEqualTo(environment);
    assertThat(Pythons.run(environment.executable(), "-m", "pure")).isEmpty();
  }

  @Test
  void requirements_markerDamagedByPowerCut_areInstalledAgain() throws Exception {
    ResolvedEnvironment environment = resolve(fromWheels("pure"));
    Files.write(environment.prefix().resolve(".ophion-complete"), new byte[] {(byte) 0xff, 0});
    assertThat(resolve(fromWheels("pure"))).isEqualTo(environment);
    assertThat(Pythons.run(environment.executable(), "-c", "import pure")).isEmpty();
  }

  @Test
  void requirements_sameVersionUnpackedElsewhere_keepTheEnvironment() throws Exception {
    ResolvedEnvironment before = resolve(fromWheels("pure"));
    Files.delete(wheels.resolve("pure-1.0-py3-none-any.whl"));
    Path moved = Files.createSymbolicLink(temporary.resolve("elsewhere"), distribution.home());

    ResolvedEnvironment after =
        EnvironmentResolver.resolve(
            fromWheels("pure"), new Distribution(moved, distribution.version()), cache);

    assertThat(after).isEqualTo(before);
    assertThat(Files.readSymbolicLink(after.executable()))
        .isEqualTo(moved.resolve("bin/python3.14"));
    assertThat(Pythons.run(after.executable(), "-c", "import pure, sys; print(sys.base_prefix)"))
        .isEqualTo(moved.toString());
  }

  @Test
  void requirements_wheelByPath_isInstalledAgainWhenItChanges() throws Exception {
    Path wheel = wheels.resolve("pure-1.0-py3-none-any.whl");
    PythonEnvironment byPath = PythonEnvironment.requirements(wheel.toString());
    Path before = resolve(byPath).prefix();
    Packages.wheel(wheels, "pure", "1.0", "VALUE = 'another one'\n");
    ResolvedEnvironment after = resolve(byPath);
    assertThat(after.prefix()).isNotEqualTo(before);
    assertThat(Pythons.run(after.executable(), "-c", "import pure; print(pure.VALUE)"))
        .isEqualTo("another one");
  }

  @Test
  void requirementsFile_withIncludesAndOptions_isInstalledAndFollowsThem() throws Exception {
    Packages.wheel(wheels, "pure", "2.0", "VALUE = 'pure 2'\n");
    Path file = temporary.resolve("requirements.txt");
    Path constraints = temporary.resolve("pins/constraints.txt");
    Files.createDirectories(constraints.getParent());
    Files.writeString(constraints, "pure==1.0\n");
    Files.writeString(
        file,
        "--no-index\n--find-links %s  # here\n-c pins/constraints.txt\npure\n".formatted(wheels));
    PythonEnvironment environment = PythonEnvironment.requirementsFile(file);

    ResolvedEnvironment first = resolve(environment);
    assertThat(Pythons.run(first.executable(), "-c", "import pure; print(pure.VALUE)"))
        .isEqualTo("pure 1");
    Files.writeString(constraints, "pure==2.0\n");
    assertThat(
            Pythons.run(resolve(environment).executable(), "-c", "import pure; print(pure.VALUE)"))
        .isEqualTo("pure 2");
    Files.writeString(constraints, "pure==1.0\n");
    assertThat(resolve(environment)).isEqualTo(first);
  }

  @Test
  void requirementsFile_missing_failsWithItsName() {
    assertThatThrownBy(() -> resolve(PythonEnvironment.requirementsFile(temporary.resolve("no"))))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(temporary.resolve("no").toString());
  }

  /** What a failed installation left in the cache. */
  private Stream<String> leftOvers() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(".lock") && !name.equals(".installing"))
          .toList()
          .stream();
    }
  }
}

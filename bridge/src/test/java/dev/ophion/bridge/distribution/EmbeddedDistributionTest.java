package dev.ophion.bridge.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.bridge.cache.FileTrees;
import dev.ophion.bridge.cache.WriteFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real distribution, unpacked once for the whole class. */
final class EmbeddedDistributionTest {

  private static final String IMPORTS = "import asyncio, ssl, ctypes, sqlite3, decimal\n";

  // A blank and a folder named like an excluded one: neither may change what is compiled.
  private static final Path CACHE =
      Path.of("target", "distribution test", "test", "cache").toAbsolutePath();
  private static Distribution distribution;

  @TempDir Path temporary;

  @BeforeAll
  static void unpack() {
    FileTrees.delete(CACHE);
    DistributionCache cache =
        new DistributionCache(
            ResourceLocator.locate(DistributionCache.class.getClassLoader()),
            FakeSource.support("VALUE = 'probe'\n"),
            new StdlibCompiler(Duration.ofMinutes(2)),
            Duration.ofMinutes(2));
    distribution = cache.obtainIn(CACHE);
  }

  @AfterAll
  static void remove() {
    FileTrees.delete(CACHE);
  }

  @Test
  void version_isTheOneThatTheInterpreterReports() throws Exception {
    assertThat(python("import platform; print(platform.python_version())"))
        .isEqualTo(distribution.version());
  }

  @Test
  void executable_withoutEnvironment_importsCompiledModulesFromItsHome() throws Exception {
    String script =
        IMPORTS
            + "import sys, os\n"
            + "maps = [l.split(None, 5)[5].strip() for l in open('/proc/self/maps')"
            + " if 'ffi' in l or 'libpython' in l]\n"
            + "print(sys.executable, sys.prefix, os.__file__, *sorted(set(maps)), sep='|')";
    String home = distribution.home().toString();
    assertThat(python(script).split("\\|"))
        .startsWith(distribution.executable().toString(), home, home + "/lib/python3.14/os.py")
        .endsWith(home + "/libffi.so.8", home + "/libpython3.14.so.1.0");
  }

  @Test
  void imports_useTheCompiledFiles_andWriteNone() throws Exception {
    Map<Path, FileTime> before = compiledFiles();
    String names =
        python(
            IMPORTS
                + "import _ophion_probe\n"
                + "print(asyncio.__cached__, _ophion_probe.__cached__, sep='|')");
    assertThat(compiledFiles()).isEqualTo(before);
    assertThat(names.split("\\|"))
        .allSatisfy(name -> assertThat(before).containsKey(Path.of(name)));
  }

  @Test
  void compiledFiles_nameTheFinalPath_andDoNotLookAtSourceTimes() throws Exception {
    String script =
        "import glob, marshal, sys\n"
            + "files = glob.glob(sys.prefix + '/lib/python3.14/**/*.pyc', recursive=True)\n"
            + "bad = []\n"
            + "for f in files:\n"
            + "    data = open(f, 'rb').read()\n"
            + "    code = marshal.loads(data[16:])\n"
            + "    if data[4:8] != b'\\1\\0\\0\\0' or code.co_filename[:len(sys.prefix)]"
            + " != sys.prefix or b'.unpacking-' in data:\n"
            + "        bad.append(f)\n"
            + "print(len(files) > 500, bad)";
    assertThat(python(script)).isEqualTo("True []");
  }

  @Test
  void distribution_keepsTestSuiteAndPip() throws Exception {
    assertThat(distribution.stdlib().resolve("test/test_pickle.py")).isRegularFile();
    assertThat(run(List.of(distribution.home().resolve("bin/pip3").toString(), "--version")))
        .startsWith("pip ")
        .contains(distribution.home().toString());
  }

  @Test
  void venv_madeByTheExecutable_seesItsHome() throws Exception {
    Path venv = temporary.resolve("venv");
    run(
        List.of(
            distribution.executable().toString(), "-m", "venv", "--without-pip", venv.toString()));
    assertThat(
            run(
                List.of(
                    venv.resolve("bin/python").toString(),
                    "-c",
                    IMPORTS + "import sys; print(sys.prefix, sys.base_prefix, sep='|')")))
        .isEqualTo(venv + "|" + distribution.home());
  }

  @Test
  void compiler_brokenSource_reportsItsOutput() throws IOException {
    Path work = fakeHome();
    Files.writeString(work.resolve(Layout.STDLIB).resolve("broken.py"), "def broken(:\n");
    assertThatThrownBy(
            () -> new StdlibCompiler(Duration.ofMinutes(1)).compile(work, Path.of("/final")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("broken.py")
        .hasMessageContaining("SyntaxError");
  }

  @Test
  void compiler_noRoom_reportsIt() throws IOException {
    Path work = fakeHome("ulimit -f 0; ");
    Files.writeString(work.resolve(Layout.STDLIB).resolve("fine.py"), "fine = True\n");
    assertThatThrownBy(
            () -> new StdlibCompiler(Duration.ofMinutes(1)).compile(work, Path.of("/final")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("[Errno 27]")
        .satisfies(
            failure ->
                assertThat(WriteFailure.explain(work, failure, 1_000))
                    .contains("It takes about 1000 bytes", "are free", "make room")
                    .doesNotContain("runs as the user"));
  }

  @Test
  void compiler_pastItsDeadline_isStopped() throws IOException {
    Path work = fakeHome();
    assertThatThrownBy(() -> new StdlibCompiler(Duration.ZERO).compile(work, Path.of("/final")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than 0 s");
  }

  /** A folder whose interpreter is a script that calls the real one. */
  private Path fakeHome() throws IOException {
    return fakeHome("");
  }

  private Path fakeHome(String first) throws IOException {
    Path work = temporary.resolve("work");
    Files.createDirectories(work.resolve("bin"));
    Files.createDirectories(work.resolve(Layout.STDLIB));
    Path executable = work.resolve(Layout.EXECUTABLE);
    Files.writeString(
        executable, "#!/bin/sh\n" + first + "exec '" + distribution.executable() + "' \"$@\"\n");
    assertThat(executable.toFile().setExecutable(true)).isTrue();
    return work;
  }

  private static Map<Path, FileTime> compiledFiles() throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(distribution.stdlib())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".pyc")).toList()) {
        if (!file.startsWith(distribution.stdlib().resolve("site-packages"))) {
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }

  private static String python(String script) throws Exception {
    return run(List.of(distribution.executable().toString(), "-c", script));
  }

  private static String run(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    Process process = builder.start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}

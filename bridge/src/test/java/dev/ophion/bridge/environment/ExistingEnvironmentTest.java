package dev.ophion.bridge.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.PythonEnvironment;
import dev.ophion.StartException;
import dev.ophion.bridge.distribution.Distribution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExistingEnvironmentTest {

  private static Distribution distribution;

  @TempDir Path temporary;
  private Path cache;
  private Path venv;

  @BeforeAll
  static void obtain() {
    distribution = Pythons.distribution();
  }

  @BeforeEach
  void chooseFolders() {
    cache = temporary.resolve("cache");
    venv = temporary.resolve("venv");
  }

  private ResolvedEnvironment resolve(Path folder) {
    return EnvironmentResolver.resolve(PythonEnvironment.of(folder), distribution, cache);
  }

  /** An environment as far as files tell, with this {@code pyvenv.cfg}. */
  private void makeVenv(String config, String packages) throws IOException {
    Files.createDirectories(venv.resolve(packages));
    Files.createDirectories(venv.resolve("bin"));
    Files.writeString(venv.resolve("pyvenv.cfg"), config);
    Files.createSymbolicLink(venv.resolve("bin/python3"), distribution.executable());
  }

  private void makeFittingVenv() throws IOException {
    makeVenv("home = /usr/bin\nversion = 3.14.0\n", "lib/python3.14/site-packages");
  }

  private static void writeWheelTags(Path packages, String name, String... tags)
      throws IOException {
    Path info = Files.createDirectories(packages.resolve(name + ".dist-info"));
    Files.writeString(
        info.resolve("WHEEL"), "Wheel-Version: 1.0\nTag: " + String.join("\nTag: ", tags) + "\n");
  }

  @Test
  void venv_realOne_isUsedAsItIs() throws Exception {
    Pythons.run(distribution.executable(), "-m", "venv", "--without-pip", venv.toString());
    Path packages = venv.resolve("lib/python3.14/site-packages");
    writeWheelTags(packages, "numpy-2.5.5", "cp314-cp314-manylinux_2_28_x86_64");

    assertThat(resolve(venv))
        .isEqualTo(
            new ResolvedEnvironment(venv.resolve("bin/python3.14"), venv, List.of(packages)));
    assertThat(cache).doesNotExist();
  }

  @Test
  void venv_ofUvOrVirtualenv_isUnderstood() throws IOException {
    makeVenv(
        "home = /usr/bin\nimplementation = CPython\nversion_info = 3.14.3.final.0\n",
        "lib/python3.14/site-packages");
    assertThat(resolve(venv).executable()).isEqualTo(venv.resolve("bin/python3"));
  }

  @Test
  void venv_otherMinorVersion_isRefusedWithBoth() throws IOException {
    makeVenv("home = /usr/bin\nversion = 3.13.9\n", "lib/python3.13/site-packages");
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(venv.toString())
        .hasMessageContaining("is one of Python 3.13.9; expected Python 3.14")
        .hasMessageContaining("-m venv");
  }

  @Test
  void venv_versionThatOnlyBeginsAlike_isRefused() throws IOException {
    makeVenv("version = 3.141.0\n", "lib/python3.14/site-packages");
    assertThatThrownBy(() -> resolve(venv)).hasMessageContaining("3.141.0");
  }

  @Test
  void venv_otherImplementation_isRefused() throws IOException {
    makeVenv("implementation = PyPy\nversion_info = 3.14.1\n", "lib/pypy3.14/site-packages");
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is one of PyPy; expected CPython 3.14");
  }

  @Test
  void venv_freeThreaded_isRefusedByItsFolders() throws IOException {
    makeVenv("version = 3.14.3\n", "lib/python3.14t/site-packages");
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("[lib/python3.14t]; expected lib/python3.14/site-packages");
  }

  @Test
  void venv_brokenInterpreterLink_isRefused() throws IOException {
    makeFittingVenv();
    Files.delete(venv.resolve("bin/python3"));
    Files.createSymbolicLink(venv.resolve("bin/python3"), temporary.resolve("gone"));
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("no interpreter that can be run");
  }

  @Test
  void venv_interpreterForOtherProcessor_isRefusedWithBoth() throws IOException {
    makeFittingVenv();
    byte[] program = Files.readAllBytes(distribution.executable());
    ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) 183);
    Path python = venv.resolve("bin/python3");
    Files.delete(python);
    Files.write(python, program);
    assertThat(python.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("another platform (AArch64, 64 bits, ld-linux-x86-64.so.2)")
        .hasMessageContaining("expected x86-64, 64 bits, ld-linux-x86-64.so.2");
  }

  @Test
  void venv_interpreterCutShort_isRefused() throws IOException {
    makeFittingVenv();
    byte[] program = Files.readAllBytes(distribution.executable());
    Path python = venv.resolve("bin/python3");
    Files.delete(python);
    Files.write(python, Arrays.copyOf(program, 80));
    assertThat(python.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("cut short");
  }

  @Test
  void venv_wheelForOtherPython_isRefusedByName() throws IOException {
    makeFittingVenv();
    writeWheelTags(
        venv.resolve("lib/python3.14/site-packages"),
        "numpy-2.0.0",
        "cp313-cp313-manylinux_2_17_x86_64",
        "cp313-cp313-manylinux2014_x86_64");
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("numpy-2.0.0 (cp313-cp313-manylinux_2_17_x86_64, ");
  }

  @Test
  void folder_missing_isRefused() {
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(venv + " does not exist");
  }

  @Test
  void folder_isAFile_isRefused() throws IOException {
    Files.createFile(venv);
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(venv + " is no folder");
  }

  @Test
  void venv_unreadableFile_isRefusedWithTheReason() throws IOException {
    // Permissions do not keep root out; a folder where a file should be fails for everybody.
    Files.createDirectories(venv.resolve("lib/python3.14/site-packages/a-1.dist-info"));
    Files.createDirectories(venv.resolve("pyvenv.cfg"));
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(venv + " cannot be read")
        .hasMessageContaining("directory")
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void plainFolder_isSeenBySubprocessesWithItsPthFiles() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("it's a \"folder\" ü"));
    Path further = Files.createDirectory(temporary.resolve("further"));
    Files.writeString(folder.resolve("plain.py"), "VALUE = 1\n");
    Files.writeString(further.resolve("behind.py"), "VALUE = 2\n");
    Files.writeString(folder.resolve("more.pth"), further + "\n");

    ResolvedEnvironment environment = resolve(folder);

    assertThat(environment.sitePaths()).hasSize(2).contains(folder.toRealPath());
    assertThat(
            Pythons.run(
                environment.executable(),
                "-Bc",
                "import plain, behind; print(plain.VALUE, behind.VALUE)"))
        .isEqualTo("1 2");
    assertThat(resolve(folder)).isEqualTo(environment);
    assertThat(folder.toFile().list()).hasSize(2);
  }

  @Test
  void plainFolder_wheelForOtherPlatform_isRefused() throws IOException {
    Files.createDirectories(venv);
    writeWheelTags(venv, "orjson-3.0", "cp314-cp314-macosx_11_0_arm64");
    assertThatThrownBy(() -> resolve(venv))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("orjson-3.0 (cp314-cp314-macosx_11_0_arm64)")
        .hasMessageContaining("CPython 3.14 on Linux x86-64");
    assertThat(cache).doesNotExist();
  }
}

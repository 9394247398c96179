package dev.ophion.bridge.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResourcesTest {

  @TempDir Path temporary;

  @Test
  void locate_noDistributionOnClassPath_namesTheDependency() throws IOException {
    try (URLClassLoader empty = loader()) {
      assertThatThrownBy(() -> ResourceLocator.locate(empty))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("org.bytedeco:cpython:")
          .hasMessageContaining("linux-x86_64");
    }
  }

  @Test
  void locate_folderOnClassPath_unpacksIt() throws IOException {
    Path root = temporary.resolve(Layout.RESOURCE_ROOT);
    for (String name : Layout.IDENTIFYING_FILES) {
      Files.createDirectories(root.resolve(name).getParent());
      Files.writeString(root.resolve(name), name);
    }
    Files.writeString(root.resolve(Layout.VERSION_HEADER), "#define PY_VERSION \"3.14.9\"\n");
    Path target = Files.createDirectory(temporary.resolve("target"));
    try (URLClassLoader loader = loader()) {
      DistributionSource source = ResourceLocator.locate(loader);
      source.unpack(target);
      assertThat(source.version()).isEqualTo("3.14.9");
      assertThat(source.sizeBytes()).isPositive();
    }
    assertThat(target.resolve(Layout.EXECUTABLE)).hasContent(Layout.EXECUTABLE);
  }

  @Test
  void supportFiles_noIndex_saysWhichResourceIsMissing() throws IOException {
    try (URLClassLoader empty = loader()) {
      assertThatThrownBy(() -> SupportFiles.read(empty))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("dev/ophion/natives/python-support/INDEX")
          .hasMessageContaining("ophion-native");
    }
  }

  @Test
  void supportFiles_indexNamesMissingFile_saysWhich() throws IOException {
    index("_ophion_support/gone.py\n");
    try (URLClassLoader loader = loader()) {
      assertThatThrownBy(() -> SupportFiles.read(loader))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("_ophion_support/gone.py");
    }
  }

  @Test
  void supportFiles_listed_areCopiedByTheirPath() throws IOException {
    index("\n_ophion_support/__init__.py\r\n");
    Path file = temporary.resolve(SupportFiles.RESOURCE_ROOT + "_ophion_support/__init__.py");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "A = 1\n");
    Path stdlib = Files.createDirectory(temporary.resolve("stdlib"));
    try (URLClassLoader loader = loader()) {
      SupportFiles.read(loader).copyTo(stdlib);
    }
    assertThat(stdlib.resolve("_ophion_support/__init__.py")).hasContent("A = 1\n");
  }

  @Test
  void supportFiles_withDigest_areTakenAtItsWordUntilTheyAreWanted() throws IOException {
    index("_ophion_support/gone.py\n");
    Files.writeString(temporary.resolve(SupportFiles.DIGEST), "one");
    try (URLClassLoader loader = loader()) {
      SupportFiles files = SupportFiles.read(loader);
      String one = identity(files);
      Files.writeString(temporary.resolve(SupportFiles.DIGEST), "two");
      assertThat(identity(SupportFiles.read(loader))).isNotEqualTo(one);
      assertThatThrownBy(() -> files.copyTo(temporary.resolve("stdlib")))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("_ophion_support/gone.py");
    }
  }

  @Test
  void supportFiles_ofTheBuild_haveADigest() throws IOException {
    try (InputStream digest =
        ResourcesTest.class.getClassLoader().getResourceAsStream(SupportFiles.DIGEST)) {
      assertThat(digest).isNotNull();
      assertThat(new String(digest.readAllBytes(), StandardCharsets.UTF_8)).matches("[0-9a-f]{64}");
    }
  }

  private static String identity(SupportFiles files) {
    Fingerprint fingerprint = new Fingerprint();
    files.identify(fingerprint);
    return fingerprint.text();
  }

  @Test
  void supportFiles_nameLeadsOut_isRefused() {
    SupportFiles files = new SupportFiles(Map.of("../os.py", new byte[0]));
    assertThatThrownBy(() -> files.copyTo(temporary.resolve("stdlib")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("../os.py");
  }

  private void index(String content) throws IOException {
    Path index = temporary.resolve(SupportFiles.INDEX);
    Files.createDirectories(index.getParent());
    Files.writeString(index, content);
  }

  private URLClassLoader loader() throws IOException {
    return new URLClassLoader(
        new URL[] {temporary.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
  }
}

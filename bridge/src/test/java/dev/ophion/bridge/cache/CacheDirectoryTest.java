package dev.ophion.bridge.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CacheDirectoryTest {

  private static final Path FOLDER = Path.of("/somewhere/cache");

  @TempDir Path temporary;

  @Test
  void defaultDirectory_everythingSet_takesPropertyFirst() {
    assertThat(
            choose(
                Map.of("dev.ophion.cache", "/p", "user.home", "/h"),
                Map.of("OPHION_CACHE", "/v", "XDG_CACHE_HOME", "/x")))
        .isEqualTo(Path.of("/p"));
  }

  @Test
  void defaultDirectory_variableSet_goesBeforeXdg() {
    assertThat(
            choose(Map.of("user.home", "/h"), Map.of("OPHION_CACHE", "/v", "XDG_CACHE_HOME", "/x")))
        .isEqualTo(Path.of("/v"));
  }

  @Test
  void defaultDirectory_xdgSet_takesItsOphionFolder() {
    assertThat(choose(Map.of("user.home", "/h"), Map.of("XDG_CACHE_HOME", "/x")))
        .isEqualTo(Path.of("/x/ophion"));
  }

  @Test
  void defaultDirectory_relativeXdg_isIgnored() {
    assertThat(choose(Map.of("user.home", "/h"), Map.of("XDG_CACHE_HOME", "x")))
        .isEqualTo(Path.of("/h/.cache/ophion"));
  }

  @Test
  void defaultDirectory_noHome_namesTheOptions() {
    assertThatThrownBy(() -> choose(Map.of("user.home", "?"), Map.of()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("dev.ophion.cache")
        .hasMessageContaining("OPHION_CACHE");
  }

  @Test
  void defaultDirectory_impossibleName_isQuoted() {
    assertThatThrownBy(() -> choose(Map.of(), Map.of("OPHION_CACHE", "/a\0b")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("/a\0b");
  }

  @Test
  void prepare_folderOthersCanWrite_isRefusedByName() throws IOException {
    Path open = Files.createDirectory(temporary.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> CacheDirectory.prepare(open))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(open.toString())
        .hasMessageContaining("mode 777");
  }

  @Test
  void prepare_folderOthersCanOnlyRead_isAccepted() throws IOException {
    Path readable = Files.createDirectory(temporary.resolve("readable"));
    Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(CacheDirectory.prepare(readable)).isEqualTo(readable.toRealPath());
  }

  @Test
  void requireTrusted_groupCanWrite_isRefused() {
    assertThatThrownBy(() -> CacheDirectory.requireTrusted(FOLDER, 1000, 040770, 1000))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("chmod go-w '/somewhere/cache'");
  }

  @Test
  void requireTrusted_otherOwner_isRefused() {
    assertThatThrownBy(() -> CacheDirectory.requireTrusted(FOLDER, 1001, 040700, 1000))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("belongs to user 1001, this process runs as user 1000");
  }

  @Test
  void requireTrusted_ownedByRoot_isAccepted() {
    assertThatCode(() -> CacheDirectory.requireTrusted(FOLDER, 0, 040755, 1000))
        .doesNotThrowAnyException();
  }

  private static Path choose(Map<String, String> properties, Map<String, String> variables) {
    return CacheDirectory.defaultDirectory(properties::get, variables::get);
  }
}

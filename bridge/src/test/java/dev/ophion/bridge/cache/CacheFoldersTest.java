package dev.ophion.bridge.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.PythonOptions;
import dev.ophion.StartException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CacheFoldersTest {

  private static final Map<String, String> PROPERTIES =
      Map.of(
          "dev.ophion.cache.distribution", "/p/d",
          "dev.ophion.cache.environments", "/p/e",
          "dev.ophion.cache.copies", "/p/c");

  private static final Map<String, String> VARIABLES =
      Map.of(
          "OPHION_CACHE_DISTRIBUTION", "/v/d",
          "OPHION_CACHE_ENVIRONMENTS", "/v/e",
          "OPHION_CACHE_COPIES", "/v/c");

  @Test
  void of_nothingNamed_liesInTheCacheFolder() {
    assertThat(choose(PythonOptions.builder(), Map.of(), Map.of("OPHION_CACHE", "/v")))
        .isEqualTo(
            new CacheFolders(Path.of("/v"), Path.of("/v/environments"), Path.of("/v/copies")));
  }

  @Test
  void of_optionsNamed_goBeforeAllElse() {
    PythonOptions.Builder options =
        PythonOptions.builder()
            .distributionDirectory(Path.of("/o/d"))
            .environmentsDirectory(Path.of("/o/e"))
            .copiesDirectory(Path.of("/o/c"));
    assertThat(choose(options, PROPERTIES, VARIABLES)).isEqualTo(folders("/o"));
  }

  @Test
  void of_propertiesNamed_goBeforeVariables() {
    assertThat(choose(PythonOptions.builder(), PROPERTIES, VARIABLES)).isEqualTo(folders("/p"));
  }

  @Test
  void of_variablesNamed_areEnoughWithoutAHome() {
    assertThat(choose(PythonOptions.builder(), Map.of(), VARIABLES)).isEqualTo(folders("/v"));
  }

  @Test
  void of_oneNamed_theOthersStayInTheCacheFolder() {
    PythonOptions.Builder options = PythonOptions.builder().cacheDirectory(Path.of("/cache"));
    assertThat(choose(options, Map.of(), Map.of("OPHION_CACHE_COPIES", "/v/c")))
        .isEqualTo(
            new CacheFolders(Path.of("/cache"), Path.of("/cache/environments"), Path.of("/v/c")));
  }

  @Test
  void of_impossibleName_isQuoted() {
    assertThatThrownBy(
            () -> choose(PythonOptions.builder(), Map.of(), Map.of("OPHION_CACHE_COPIES", "/a\0b")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("/a\0b");
  }

  private static CacheFolders folders(String root) {
    return new CacheFolders(Path.of(root, "d"), Path.of(root, "e"), Path.of(root, "c"));
  }

  private static CacheFolders choose(
      PythonOptions.Builder options,
      Map<String, String> properties,
      Map<String, String> variables) {
    return CacheFolders.of(options.build(), properties::get, variables::get);
  }
}

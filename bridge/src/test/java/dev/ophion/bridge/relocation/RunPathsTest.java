package dev.ophion.bridge.relocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RunPathsTest {

  private static final Path ORIGINALS = Path.of("/site/pkg");
  private static final Path COPIES = Path.of("/cache/1");

  @ParameterizedTest
  @CsvSource({
    "$ORIGIN, /site/pkg",
    "${ORIGIN}/../pkg.libs, /site/pkg/../pkg.libs",
    "$ORIGIN/a:/usr/lib:$ORIGIN/a, /site/pkg/a:/usr/lib",
    "/opt/$LIB:/opt/${PLATFORM}, /opt/$LIB:/opt/${PLATFORM}",
    "/odd/$ORIGINAL, /odd/$ORIGINAL",
  })
  void absolute_resolvesOrigin_behindTheCopies(String original, String expected) {
    assertThat(RunPaths.absolute(original, ORIGINALS, COPIES)).isEqualTo("/cache/1:" + expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", ".", "lib:../lib"})
  void absolute_entriesRelativeToTheCurrentFolder_areLeftOut(String original) {
    assertThat(RunPaths.absolute(original, ORIGINALS, COPIES)).isEqualTo("/cache/1");
  }

  @Test
  void absolute_withoutOriginal_namesTheCopies() {
    assertThat(RunPaths.absolute(null, ORIGINALS, COPIES)).isEqualTo("/cache/1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a:b", "/a/$ORIGIN", "/a/${LIB}/b", "relative"})
  void absolute_folderThatTheLoaderWouldMisread_isRefused(String folder) {
    assertThatThrownBy(() -> RunPaths.absolute("$ORIGIN", Path.of(folder), COPIES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(folder);
    assertThatThrownBy(() -> RunPaths.absolute(null, ORIGINALS, Path.of(folder)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$ORIGIN", "/a:lib", "/a::/b", "/a/${ORIGIN}/b", ""})
  void relocation_runPathThatIsNotAbsolute_isRefused(String runPath) {
    assertThatThrownBy(() -> Relocation.named("a.so").runPath(runPath))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void folders_areThoseThatTheLoaderSearches() {
    assertThat(RunPaths.folders("$ORIGIN/../libs::rel:/opt/$LIB:/a:${ORIGIN}", Path.of("/x:y")))
        .containsExactly(Path.of("/x:y/../libs"), Path.of("/a"), Path.of("/x:y"));
    assertThat(RunPaths.folders(null, ORIGINALS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"/a b/c, true", "/a:b, false", "/a/$ORIGIN, false", "/$LIBS, true", "a, false"})
  void canName_isFalse_whereTheLoaderWouldReadSomethingElse(String folder, boolean expected) {
    assertThat(RunPaths.canName(Path.of(folder))).isEqualTo(expected);
  }

  @Test
  void relocation_namesThatNoFileCanHold_areRefused() {
    assertThatThrownBy(() -> Relocation.named("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Relocation.named("a.so").dependFirstOn("b\0c"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void relocation_partsSetTwice_areRefused() {
    Relocation.Builder builder =
        Relocation.named("a.so").dependFirstOn("b.so").runPath("/b").rename("c.so", "d.so");
    assertThatThrownBy(() -> builder.dependFirstOn("e.so"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("b.so");
    assertThatThrownBy(() -> builder.runPath("/e")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.rename("c.so", "e.so"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("c.so");
  }
}

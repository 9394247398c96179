package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.StartException;
import dev.ophion.bridge.relocation.ElfFile;
import dev.ophion.bridge.relocation.RealFiles;
import dev.ophion.bridge.relocation.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders and links of all kinds. */
final class CopyPathsTest {

  private static final Slot ONE = new Slot(1);

  @TempDir Path temporary;
  private final MovableClock clock = new MovableClock().forward(Duration.ofMinutes(5));
  private CopyCache cache;

  @BeforeEach
  void open() throws IOException {
    temporary = temporary.toRealPath();
    cache = open(temporary.resolve("cache"));
  }

  private CopyCache open(Path directory) {
    return CopyCache.open(directory, RealFiles.libpython(), CopyRules.builtIn(), clock);
  }

  @Test
  void cacheFolder_thatNoRunPathCanName_isRefusedWithTheRemedy() {
    Path odd = temporary.resolve("a:b");
    assertThatThrownBy(() -> open(odd))
        .isInstanceOf(StartException.class)
        .hasMessageContainingAll(odd.toString(), "\":\"", "dev.ophion.cache");
  }

  @Test
  void copiesFolder_thatOthersCanWrite_isRefused() throws IOException {
    Files.setPosixFilePermissions(cache.folder(), PosixFilePermissions.fromString("rwxrwx---"));
    assertThatThrownBy(() -> open(temporary.resolve("cache")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(cache.folder().toString());
  }

  @Test
  void cacheFolder_isForItsOwnerAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache.folder())))
        .isEqualTo("rwx------");
  }

  @Test
  void libpython_thatIsNone_isRefused() throws IOException {
    Path text = Files.writeString(temporary.resolve("libpython.so"), "text");
    assertThatThrownBy(
            () -> CopyCache.open(temporary.resolve("cache"), text, CopyRules.builtIn(), clock))
        .isInstanceOf(StartException.class)
        .hasMessageContainingAll("libpython cannot be copied", text.toString(), "4 bytes");
  }

  @Test
  void twoPathsOfOneFile_haveOneCopyInAnImage() throws Exception {
    Path module = Libraries.usingPython(temporary.resolve("lib/mod.so"));
    Path link = Files.createSymbolicLink(temporary.resolve("lib64"), module.getParent());
    Path hardLink = Files.createLink(temporary.resolve("hard.so"), module);
    Path copy = cache.extension(module, ONE);
    assertThat(cache.extension(link.resolve("mod.so"), ONE)).isEqualTo(copy);
    assertThat(cache.extension(hardLink, ONE)).isEqualTo(copy);
  }

  @Test
  void folderWhoseNameIsNoText_isNamedByALink() throws Exception {
    Path helper = Libraries.plain(temporary.resolve("site/libhelper.so"));
    Path built = Libraries.usingPython(temporary.resolve("site/mod.so"), Libraries.needing(helper));
    Path folder = folderThatIsNoText();
    for (Path file : List.of(helper, built)) {
      Files.move(file, folder.resolve(file.getFileName()));
    }
    Path copy = cache.extension(folder.resolve("mod.so"), ONE);
    String[] runPath = ElfFile.read(copy).runPath().split(":", -1);
    assertThat(runPath).hasSize(2);
    assertThat(Path.of(runPath[1], "libhelper.so")).exists();
    assertThat(cache.extension(folder.resolve("mod.so"), ONE)).isEqualTo(copy);
    assertThat(cache.prune(Long.MAX_VALUE)).isZero();
    assertThat(Path.of(runPath[1])).exists();
  }

  private Path folderThatIsNoText() throws Exception {
    Path parent = Files.createDirectories(temporary.resolve("odd"));
    String script = "import os, sys; os.mkdir(os.fsencode(sys.argv[1]) + b'/\\xff\\xfe')";
    Tools.Result result =
        Tools.run(
            temporary.resolve("log"),
            Map.of(),
            List.of(
                RealFiles.DISTRIBUTION.executable().toString(), "-c", script, parent.toString()));
    assertThat(result.status()).as(result.output()).isZero();
    try (Stream<Path> folders = Files.list(parent)) {
      return folders.findFirst().orElseThrow();
    }
  }

  @Test
  void linkToAFolderThatIsGone_isRemoved() throws Exception {
    Path module = Libraries.usingPython(temporary.resolve("a:b/mod.so"), "-Wl,-rpath,$ORIGIN");
    cache.extension(module, ONE);
    assertThat(links()).hasSize(1);
    Files.delete(module);
    Files.delete(module.getParent());
    cache.prune(Long.MAX_VALUE);
    assertThat(links()).isEmpty();
  }

  private List<Path> links() throws IOException {
    try (Stream<Path> files = Files.list(cache.folder())) {
      return files.filter(Files::isSymbolicLink).toList();
    }
  }

  @Test
  void oddFileNames_giveCopiesWithPlainNames() throws Exception {
    Path module = Libraries.usingPython(temporary.resolve("site/.a b\n\u00e4" + "x".repeat(150)));
    String name = cache.extension(module, ONE).getFileName().toString();
    assertThat(name).matches("_a_b__x{74}-[0-9a-f]{16}-s00001\\.so");
    assertThat(ElfFile.read(cache.folder().resolve(name)).soname()).isEqualTo(name);
  }

  @Test
  void dependencyNamedByOrigin_isFoundFromTheCopy() throws Exception {
    Path helper =
        Libraries.plain(
            temporary.resolve("site/libhelper.so"), Libraries.soname("$ORIGIN/libhelper.so"));
    Path module =
        Libraries.usingPython(temporary.resolve("site/mod.so"), Libraries.needing(helper));
    assertThat(ElfFile.read(module).needed()).contains("$ORIGIN/libhelper.so");
    assertThat(ElfFile.read(cache.extension(module, ONE)).needed()).contains(helper.toString());
  }
}

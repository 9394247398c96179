package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.bridge.relocation.ElfFile;
import dev.ophion.bridge.relocation.RealFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CopyCacheTest {

  private static final Slot ONE = new Slot(1);

  @TempDir Path temporary;
  private Path site;
  // Ahead, or every library would be too young to go by its identity.
  private final MovableClock clock = new MovableClock().forward(Duration.ofMinutes(5));
  private CopyCache cache;

  @BeforeEach
  void open() throws IOException {
    temporary = temporary.toRealPath();
    site = Files.createDirectories(temporary.resolve("site-packages"));
    cache = newCache(CopyRules.builtIn());
  }

  private CopyCache newCache(CopyRules rules) {
    return CopyCache.open(temporary.resolve("cache"), RealFiles.libpython(), rules, clock);
  }

  @Test
  void libpython_isCopiedOnceForEachSlot() throws IOException {
    Path copy = cache.libpython(ONE);
    assertThat(copy.getFileName().toString()).matches("libpython3\\.14-[0-9a-f]{16}-s00001\\.so");
    ElfFile read = ElfFile.read(copy);
    assertThat(read.soname()).isEqualTo(copy.getFileName().toString());
    assertThat(read.needed()).isEqualTo(ElfFile.read(RealFiles.libpython()).needed());
    assertThat(cache.libpython(ONE)).isEqualTo(copy);
    assertThat(cache.libpython(new Slot(2))).isNotEqualTo(copy);
    assertThat(files()).hasSize(2);
  }

  @Test
  void extension_dependsFirstOnItsSlotsLibpython() throws IOException {
    Path copy = cache.extension(RealFiles.module("_ctypes"), ONE);
    ElfFile read = ElfFile.read(copy);
    assertThat(read.needed())
        .containsExactly(name(cache.libpython(ONE)), "libffi.so.8", "libc.so.6");
    assertThat(read.runPath())
        .isEqualTo("%s:%2$s/:%2$s/../:%2$s/../lib/".formatted(cache.folder(), RealFiles.modules()));
    assertThat(files()).hasSize(2);
  }

  @Test
  void extension_askedForAgain_isTheSameFile_inAnotherRunToo() throws Exception {
    Path module = Libraries.usingPython(site.resolve("a/_core.so"));
    Path copy = cache.extension(module, ONE);
    Object key = Files.getAttribute(copy, "unix:ino");
    assertThat(cache.extension(module, ONE)).isEqualTo(copy);
    assertThat(newCache(CopyRules.builtIn()).extension(module, ONE)).isEqualTo(copy);
    assertThat(Files.getAttribute(copy, "unix:ino")).isEqualTo(key);
  }

  @Test
  void extension_sameNameInTwoPackages_hasTwoCopies() throws Exception {
    Path first = cache.extension(Libraries.usingPython(site.resolve("a/_core.so")), ONE);
    Path second = cache.extension(Libraries.usingPython(site.resolve("b/_core.so")), ONE);
    assertThat(name(first)).startsWith("_core-");
    assertThat(first).isNotEqualTo(second);
    assertThat(ElfFile.read(first).soname()).isNotEqualTo(ElfFile.read(second).soname());
  }

  @Test
  void extension_withoutPython_isTheOriginal() throws Exception {
    Path module = Libraries.plain(site.resolve("a/plain.so"));
    assertThat(cache.extension(module, ONE)).isEqualTo(module);
    assertThat(files()).isEmpty();
  }

  @Test
  void extension_dependencyThatUsesPython_isCopiedWithIt_andOthersStayShared() throws Exception {
    Path shared = Libraries.plain(site.resolve("a/libshared.so"), Libraries.soname("libshared.so"));
    Path helper =
        Libraries.usingPython(
            site.resolve("a/libhelper.so"),
            Libraries.needing(shared, Libraries.soname("libhelper.so")));
    Path module = Libraries.plain(site.resolve("a/mod.so"), Libraries.needing(helper));
    Path copy = cache.extension(module, ONE);
    Path helperCopy = cache.library(helper, ONE);
    assertThat(ElfFile.read(copy).needed()).startsWith(name(helperCopy));
    assertThat(ElfFile.read(helperCopy).needed())
        .startsWith(name(cache.libpython(ONE)), "libshared.so");
    assertThat(cache.library(shared, ONE)).isEqualTo(shared);
    assertThat(files()).containsExactlyInAnyOrder(copy, helperCopy, cache.libpython(ONE));
  }

  @Test
  void extension_whatASharedLibraryNeeds_isCopiedWithIt() throws Exception {
    Path deep = Libraries.usingPython(site.resolve("a/libdeep.so"));
    Path middle = Libraries.plain(site.resolve("a/libmiddle.so"), Libraries.needing(deep));
    Path module = Libraries.plain(site.resolve("a/mod.so"), Libraries.needing(middle));
    ElfFile read = ElfFile.read(cache.extension(module, ONE));
    assertThat(read.needed()).startsWith(name(cache.library(middle, ONE)));
    assertThat(ElfFile.read(cache.library(middle, ONE)).needed())
        .startsWith(name(cache.library(deep, ONE)));
    assertThat(files()).hasSize(4);
  }

  @Test
  void extension_dependenciesInACircle_areCopied() throws Exception {
    Path one = Libraries.plain(site.resolve("a/libone.so"), Libraries.soname("libone.so"));
    Path two = Libraries.usingPython(site.resolve("a/libtwo.so"), Libraries.needing(one));
    Libraries.plain(one, Libraries.needing(two, Libraries.soname("libone.so")));
    Path module = Libraries.plain(site.resolve("a/mod.so"), Libraries.needing(one));
    Path copy = cache.extension(module, ONE);
    Path oneCopy = cache.library(one, ONE);
    Path twoCopy = cache.library(two, ONE);
    assertThat(ElfFile.read(copy).needed()).startsWith(name(oneCopy));
    assertThat(ElfFile.read(oneCopy).needed()).startsWith(name(twoCopy));
    assertThat(ElfFile.read(twoCopy).needed()).contains(name(oneCopy));
    assertThat(files()).hasSize(4);
  }

  @Test
  void extension_missingDependency_isLeftToTheLoader() throws Exception {
    Path gone = Libraries.plain(site.resolve("a/libgone.so"));
    Path module = Libraries.usingPython(site.resolve("a/mod.so"), Libraries.needing(gone));
    Files.delete(gone);
    assertThat(ElfFile.read(cache.extension(module, ONE)).needed()).contains("libgone.so");
  }

  @Test
  void extension_linkedAgainstLibpython_getsItsSlots() throws Exception {
    Path module =
        Libraries.plain(
            site.resolve("a/mod.so"), Libraries.needing(RealFiles.libpython().toAbsolutePath()));
    assertThat(ElfFile.read(module).needed()).contains("libpython3.14.so.1.0");
    assertThat(ElfFile.read(cache.extension(module, ONE)).needed())
        .startsWith(name(cache.libpython(ONE)))
        .doesNotContain("libpython3.14.so.1.0");
  }

  @Test
  void extension_missingFile_isLeftToTheLoader() {
    Path none = site.resolve("none.so");
    assertThat(cache.extension(none, ONE)).isEqualTo(none);
    assertThat(cache.extension(site, ONE)).isEqualTo(site);
  }

  @Test
  void extension_noLibrary_isRefusedWithWhatWasSeen() throws IOException {
    Path text = Files.writeString(site.resolve("text.so"), "#!/bin/sh\n" + " ".repeat(100));
    assertThatThrownBy(() -> cache.extension(text, ONE))
        .isInstanceOf(CopyException.class)
        .hasMessageContainingAll(text.toString(), "begins with 23212f62", "Reinstall");
    assertThat(cache.library(text, ONE)).isEqualTo(text);
  }

  @Test
  void library_libpythonItself_isTheSlots() {
    assertThat(cache.library(RealFiles.libpython(), ONE)).isEqualTo(cache.libpython(ONE));
    Path link = RealFiles.DISTRIBUTION.home().resolve("bin/libpython3.14.so.1.0");
    assertThat(cache.library(link, ONE)).isEqualTo(cache.libpython(ONE));
  }

  @Test
  void library_aCopy_isItself() {
    Path copy = cache.libpython(ONE);
    assertThat(cache.library(copy, ONE)).isEqualTo(copy);
  }

  @Test
  void originals_withOtherInodesAndTimes_haveTheSameCopies() throws Exception {
    Path helper = Libraries.usingPython(site.resolve("a/libhelper.so"));
    Path module = Libraries.plain(site.resolve("a/mod.so"), Libraries.needing(helper));
    Path copy = cache.extension(module, ONE);
    List<Path> files = files();
    for (Path original : List.of(helper, module)) {
      Path layer = Files.copy(original, site.resolve("layer"));
      Files.setLastModifiedTime(layer, FileTime.from(Instant.EPOCH));
      Files.move(layer, original, StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(newCache(CopyRules.builtIn()).extension(module, ONE)).isEqualTo(copy);
    assertThat(files()).containsExactlyInAnyOrderElementsOf(files);
  }

  @Test
  void originals_tooYoungToGoByTheirTimes_haveTheCopiesThatTheyHaveLater() throws Exception {
    Path module = Libraries.usingPython(site.resolve("a/mod.so"));
    CopyCache young =
        CopyCache.open(
            temporary.resolve("cache"),
            RealFiles.libpython(),
            CopyRules.builtIn(),
            new MovableClock());
    assertThat(young.extension(module, ONE)).isEqualTo(cache.extension(module, ONE));
  }

  @Test
  void contents_thatWereDamaged_areWorkedOutAgain() throws Exception {
    Path module = Libraries.usingPython(site.resolve("a/mod.so"));
    Path copy = cache.extension(module, ONE);
    Path contents = cache.folder().resolve(Contents.FILE);
    byte[] bytes = Files.readAllBytes(contents);
    bytes[Long.BYTES] ^= 1;
    Files.write(contents, Arrays.copyOf(bytes, bytes.length - 5));
    assertThat(newCache(CopyRules.builtIn()).extension(module, ONE)).isEqualTo(copy);
  }

  @Test
  void extension_upgradedInPlace_getsAnotherCopy() throws Exception {
    Path helper = Libraries.usingPython(site.resolve("a/libhelper.so"));
    Path module = Libraries.plain(site.resolve("a/mod.so"), Libraries.needing(helper));
    Path before = cache.extension(module, ONE);
    Libraries.usingPython(helper, "-DVERSION=2", "-g");
    Path after = cache.extension(module, ONE);
    assertThat(after).isNotEqualTo(before);
    assertThat(ElfFile.read(after).needed()).startsWith(name(cache.library(helper, ONE)));
  }

  @Test
  void libpython_thatIsTouched_staysThatOfTheImagesThatHaveIt() throws Exception {
    Path original = Files.copy(RealFiles.libpython(), temporary.resolve("libpython3.14.so.1.0"));
    Path module = Libraries.usingPython(site.resolve("a/mod.so"));
    Path second = Libraries.usingPython(site.resolve("a/second.so"));
    CopyCache own =
        CopyCache.open(temporary.resolve("cache"), original, CopyRules.builtIn(), clock);
    Path before = own.libpython(ONE);
    Path copy = own.extension(module, ONE);
    Files.setLastModifiedTime(original, FileTime.from(Instant.EPOCH));
    assertThat(own.libpython(ONE)).isEqualTo(before);
    assertThat(own.extension(module, ONE)).isEqualTo(copy);
    assertThat(ElfFile.read(own.extension(second, ONE)).needed()).startsWith(name(before));
    own.forget(ONE);
    assertThat(own.libpython(ONE)).isEqualTo(before);
    Files.write(original, new byte[] {0}, StandardOpenOption.APPEND);
    assertThat(own.libpython(ONE)).isEqualTo(before);
    own.forget(ONE);
    assertThat(own.libpython(ONE)).isNotEqualTo(before);
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(cache.folder())) {
      // But for what the copies of all slots are made from.
      return files
          .filter(file -> !file.endsWith(Contents.FILE) && !file.endsWith(Linkages.FILE))
          .filter(file -> !name(file).endsWith(SlotName.BASE))
          .toList();
    }
  }
}

package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.bridge.relocation.ElfFile;
import dev.ophion.bridge.relocation.RealFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of two libraries of one name are copied. */
final class SharedNamesTest {

  private static final Slot ONE = new Slot(1);
  private static final Slot TWO = new Slot(2);

  @TempDir Path temporary;
  private final Properties process = new Properties();
  private CopyCache cache;

  @BeforeEach
  void open() throws IOException {
    temporary = temporary.toRealPath();
    cache = cache("cache");
  }

  private CopyCache cache(String name) {
    return CopyCache.open(
        temporary.resolve(name),
        RealFiles.libpython(),
        CopyRules.builtIn(),
        Clock.systemUTC(),
        process);
  }

  private Path library(String site, String name, String content) throws Exception {
    return Libraries.build(
        temporary.resolve(site).resolve(name),
        "int " + content + "() { return 1; }\n",
        Libraries.soname(name));
  }

  private static boolean isCopied(CopyCache cache, Path library, Slot slot) {
    return !cache.library(library, slot).equals(library);
  }

  @Test
  void library_whoseNameAnotherImageHas_isCopiedWithWhatDependsOnIt() throws Exception {
    Path first = library("one", "libfoo.so", "one");
    Path second = library("two", "libfoo.so", "two");
    Path user = Libraries.plain(temporary.resolve("two/libuser.so"), Libraries.needing(second));
    assertThat(isCopied(cache, first, ONE)).isFalse();
    assertThat(isCopied(cache, user, TWO)).isTrue();
    String copy = cache.library(second, TWO).getFileName().toString();
    assertThat(copy).startsWith("libfoo");
    assertThat(ElfFile.read(cache.library(user, TWO)).needed()).startsWith(copy);
    assertThat(isCopied(cache, first, TWO)).isFalse();
  }

  @Test
  void library_withTheSameContentElsewhere_staysShared() throws Exception {
    Path first = library("one", "libfoo.so", "same");
    Path second = temporary.resolve("libfoo.so");
    Files.copy(first, second);
    assertThat(isCopied(cache, first, ONE)).isFalse();
    assertThat(isCopied(cache, second, TWO)).isFalse();
    Files.delete(first);
    Path third = temporary.resolve("third/libfoo.so");
    Files.createDirectories(third.getParent());
    Files.copy(second, third);
    assertThat(isCopied(cache, third, new Slot(3))).as("nobody knows what was loaded").isTrue();
  }

  @Test
  void library_whoseNameItsOwnImageHas_isWhatTheLoaderMakesOfIt() throws Exception {
    Path first = library("one", "libfoo.so", "one");
    Path second = library("two", "libfoo.so", "two");
    assertThat(isCopied(cache, first, ONE)).isFalse();
    assertThat(isCopied(cache, second, ONE)).as("as in plain Python").isFalse();
    cache.forget(ONE);
    assertThat(isCopied(cache, second, ONE)).as("another image of the number").isTrue();
  }

  @Test
  void library_whoseNameIsOnlyWrittenInItsUser_isCopiedToo() throws Exception {
    Path first = Libraries.plain(temporary.resolve("one/libbare.so"));
    Path second = Libraries.plain(temporary.resolve("two/libbare.so"), "-DOTHER", "-g");
    Path firstUser = Libraries.plain(temporary.resolve("one/libu.so"), Libraries.needing(first));
    Path secondUser = Libraries.plain(temporary.resolve("two/libv.so"), Libraries.needing(second));
    assertThat(isCopied(cache, firstUser, ONE)).isFalse();
    assertThat(isCopied(cache, secondUser, TWO)).isTrue();
  }

  @Test
  void library_whoseNameAnotherRuntimeHas_isCopied() throws Exception {
    assertThat(isCopied(cache, library("one", "libfoo.so", "one"), ONE)).isFalse();
    Path second = library("two", "libfoo.so", "two");
    assertThat(isCopied(cache("other"), second, TWO)).isTrue();
  }

  @Test
  void library_thatMustNotBeInAProcessTwice_isNeverCopied() throws Exception {
    assertThat(isCopied(cache, library("one", "libiomp5.so", "one"), ONE)).isFalse();
    assertThat(isCopied(cache, library("two", "libiomp5.so", "two"), TWO)).isFalse();
  }
}

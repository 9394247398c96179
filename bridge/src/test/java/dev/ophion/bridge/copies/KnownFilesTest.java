package dev.ophion.bridge.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.bridge.relocation.ElfException;
import dev.ophion.bridge.relocation.RealFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KnownFilesTest {

  @TempDir Path temporary;
  private final MovableClock clock = new MovableClock();
  private KnownFiles files;
  private Path library;

  @BeforeEach
  void copy() throws IOException {
    files = new KnownFiles(clock, Linkages.in(temporary));
    library = Files.copy(RealFiles.module("_json"), temporary.resolve("library.so"));
  }

  @Test
  void look_twice_readsOnce() throws IOException {
    clock.forward(Duration.ofMinutes(1));
    KnownFiles.Known known = files.look(library);
    assertThat(known.settled()).isTrue();
    assertThat(known.content()).isZero();
    assertThat(files.look(library)).isSameAs(known);
    Path link = Files.createSymbolicLink(temporary.resolve("link.so"), library);
    assertThat(files.look(link)).isSameAs(known);
  }

  @Test
  void look_inAnotherProcess_takesWhatTheFirstHasWrittenDown() throws IOException {
    clock.forward(Duration.ofMinutes(1));
    Linkage linkage = files.look(library).linkage();
    Linkages kept = Linkages.in(temporary);
    assertThat(kept.find(FileIdentity.of(library))).isEqualTo(linkage);
    assertThat(new KnownFiles(clock, kept).look(library).linkage()).isEqualTo(linkage);
  }

  @Test
  void look_afterLibraryWasReplaced_readsTheNewOne() throws IOException {
    clock.forward(Duration.ofMinutes(1));
    Linkage linkage = files.look(library).linkage();
    Files.delete(library);
    Files.copy(RealFiles.libpython(), library);
    clock.forward(Duration.ofMinutes(1));
    KnownFiles others = new KnownFiles(clock, Linkages.in(temporary));
    assertThat(others.look(library).linkage()).isNotEqualTo(linkage);
  }

  @Test
  void look_damagedLines_arePassedOver() throws IOException {
    clock.forward(Duration.ofMinutes(1));
    Linkage linkage = files.look(library).linkage();
    Path lines = temporary.resolve(Linkages.FILE);
    String written = Files.readString(lines);
    for (String damaged :
        List.of("", "\n", " ", "x", written.substring(0, written.length() / 2), "\0".repeat(99))) {
      Files.writeString(lines, damaged);
      KnownFiles others = new KnownFiles(clock, Linkages.in(temporary));
      assertThat(others.look(library).linkage()).as(damaged).isEqualTo(linkage);
      assertThat(Files.readString(lines)).startsWith(damaged);
    }
  }

  @Test
  void look_noLibrary_writesNothingDown() throws IOException {
    Path text = Files.writeString(temporary.resolve("text.so"), "no library");
    clock.forward(Duration.ofMinutes(1));
    assertThatThrownBy(() -> files.look(text)).isInstanceOf(ElfException.class);
    assertThat(temporary.resolve(Linkages.FILE)).doesNotExist();
  }

  @Test
  void look_youngFile_isHashed_sinceItsTimesMayNotTellItFromTheNextOne() throws IOException {
    KnownFiles.Known known = files.look(library);
    assertThat(known.settled()).isFalse();
    assertThat(known.content()).isNotZero();
    assertThat(files.look(library)).isEqualTo(known);
    byte[] bytes = Files.readAllBytes(library);
    bytes[bytes.length - 1] ^= 1;
    Files.write(library, bytes);
    long content = files.look(library).content();
    assertThat(content).isNotZero().isNotEqualTo(known.content());
    assertThat(
            known.isStateOf(
                new KnownFiles.Known(known.identity(), known.linkage(), content, false)))
        .isFalse();
  }

  @Test
  void look_youngFileThatHasSettled_staysTheSame() throws IOException {
    KnownFiles.Known young = files.look(library);
    clock.forward(Duration.ofMinutes(1));
    KnownFiles.Known settled = files.look(library);
    assertThat(settled.isStateOf(young)).isTrue();
    assertThat(settled.settled()).isTrue();
    assertThat(files.look(library)).isSameAs(settled);
  }

  @Test
  void look_newContentOfEqualSizeAndTime_isAnotherState() throws IOException {
    clock.forward(Duration.ofMinutes(1));
    KnownFiles.Known before = files.look(library);
    FileTime time = Files.getLastModifiedTime(library);
    byte[] bytes = Files.readAllBytes(library);
    bytes[bytes.length - 1] ^= 1;
    Files.write(library, bytes);
    Files.setLastModifiedTime(library, time);
    assertThat(files.look(library).isStateOf(before)).isFalse();
  }

  @Test
  void look_anotherLinkOrMode_isTheSameState() throws IOException {
    clock.forward(Duration.ofMinutes(1));
    KnownFiles.Known before = files.look(library);
    Path hardLink = Files.createLink(temporary.resolve("other.so"), library);
    assertThat(files.look(hardLink).isStateOf(before)).isTrue();
    Files.delete(hardLink);
    Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("r--r--r--"));
    assertThat(files.look(library).isStateOf(before)).isTrue();
  }
}

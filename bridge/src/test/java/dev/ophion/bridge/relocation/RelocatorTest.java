package dev.ophion.bridge.relocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RelocatorTest {

  private static final int DYNAMIC_SECTION = 6;
  private static final String LIBPYTHON = "libpython-image7.so";

  @TempDir Path temporary;

  @Test
  void relocate_extensionModule_changesWhatWasAskedFor() throws IOException {
    Path module = RealFiles.module("_ctypes");
    Path copy = temporary.resolve("copy.so");
    long size =
        Relocator.relocate(
            module,
            copy,
            Relocation.named("_ctypes-7.so")
                .dependFirstOn(LIBPYTHON)
                .rename("libc.so.6", "libc-7.so")
                .rename("absent.so", "other.so")
                .runPath("/copies:/originals")
                .build());
    ElfFile before = ElfFile.read(module);
    ElfFile after = ElfFile.read(copy);
    assertThat(after.soname()).isEqualTo("_ctypes-7.so");
    assertThat(after.needed()).containsExactly(LIBPYTHON, "libffi.so.8", "libc-7.so");
    assertThat(after.versionFiles()).containsExactlyElementsOf(renamed(before.versionFiles()));
    assertThat(after.runPath()).isEqualTo("/copies:/originals");
    assertThat(after.undefinedSymbols()).isEqualTo(before.undefinedSymbols());
    assertThat(size).isEqualTo(Files.size(copy));
  }

  private static List<String> renamed(List<String> names) {
    assertThat(names).contains("libc.so.6");
    return names.stream().map(name -> name.equals("libc.so.6") ? "libc-7.so" : name).toList();
  }

  @Test
  void relocate_leavesLoadedContentAsItIs() throws IOException {
    Path copy = relocate(RealFiles.libpython(), LIBPYTHON);
    byte[] before = Files.readAllBytes(RealFiles.libpython());
    byte[] after = Files.readAllBytes(copy);
    ForgedElf original = ForgedElf.of(RealFiles.libpython());
    long sections = original.getLong(ForgedElf.SECTIONS_AT);
    List<Integer> elsewhere = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      if (before[i] != after[i] && i >= ElfLayout.HEADER_BYTES && i < sections) {
        elsewhere.add(i);
      }
    }
    assertThat(elsewhere).isEmpty();
  }

  @Test
  void relocate_dynamicSectionOfTheCopy_isLoadedWritable() throws IOException {
    ForgedElf copy = ForgedElf.of(relocate(RealFiles.module("_json"), "json-7.so"));
    ForgedElf original = ForgedElf.of(RealFiles.module("_json"));
    int loads = 0;
    for (int i = 0; i < original.getShort(ForgedElf.PROGRAM_HEADER_COUNT_AT); i++) {
      long at = original.getLong(ForgedElf.PROGRAM_HEADERS_AT) + 56L * i;
      loads += original.getInt(at) == Segment.LOAD ? 1 : 0;
    }
    long load = copy.segment(Segment.LOAD, loads);
    long dynamic = copy.segment(Segment.DYNAMIC, 0);
    assertThat(copy.getInt(load + 4)).isEqualTo(Segment.READABLE | Segment.WRITABLE);
    long start = copy.getLong(load + ForgedElf.SEGMENT_ADDRESS);
    assertThat(copy.getLong(dynamic + ForgedElf.SEGMENT_ADDRESS))
        .isBetween(start, start + copy.getLong(load + ForgedElf.SEGMENT_FILE_SIZE));
    assertThat(copy.getLong(ForgedElf.PROGRAM_HEADERS_AT))
        .isEqualTo(copy.getLong(load + ForgedElf.SEGMENT_OFFSET));
  }

  @Test
  void relocate_withoutRunPath_leavesNone() throws IOException {
    Path copy = relocate(RealFiles.module("_json"), "json-7.so");
    assertThat(ElfFile.read(RealFiles.module("_json")).runPath()).isNotNull();
    assertThat(ElfFile.read(copy).runPath()).isNull();
  }

  @Test
  void relocate_keepsTheKindOfRunPath() throws IOException {
    ForgedElf forged = ForgedElf.of(RealFiles.module("_json"));
    forged.setLong(forged.entry(DynamicSection.RUNPATH), DynamicSection.RPATH);
    Path original = forged.write(temporary.resolve("rpath.so"));
    Path copy = temporary.resolve("copy.so");
    Relocator.relocate(original, copy, Relocation.named("a.so").runPath("/a").build());
    assertThat(ElfFile.read(copy).runPath()).isEqualTo("/a");
    assertThat(ForgedElf.of(copy).entry(DynamicSection.RPATH)).isPositive();
    assertThatThrownBy(() -> ForgedElf.of(copy).entry(DynamicSection.RUNPATH))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void relocate_dependencyThatIsThereAlready_movesToTheFront() throws IOException {
    Path copy = temporary.resolve("copy.so");
    Relocation change =
        Relocation.named("a.so")
            .dependFirstOn("libc-7.so")
            .rename("libc.so.6", "libc-7.so")
            .build();
    Relocator.relocate(RealFiles.module("_ctypes"), copy, change);
    assertThat(ElfFile.read(copy).needed()).containsExactly("libc-7.so", "libffi.so.8");
  }

  @Test
  void relocate_aCopy_givesAnotherCopy() throws IOException {
    Path first = relocate(RealFiles.module("_ctypes"), "first.so");
    Path second = temporary.resolve("second");
    Relocation change = Relocation.named("second.so").dependFirstOn(LIBPYTHON).build();
    Relocator.relocate(first, second, change);
    assertThat(ElfFile.read(second).soname()).isEqualTo("second.so");
    assertThat(ElfFile.read(second).needed())
        .containsExactly(LIBPYTHON, "libffi.so.8", "libc.so.6");
    Relocator.relocate(second, second, change);
    assertThat(ElfFile.read(second).needed()).hasSize(3);
  }

  @Test
  void relocate_fileWithoutSectionHeaders_givesACopyWithoutThem() throws Exception {
    ForgedElf forged = ForgedElf.of(RealFiles.module("_json"));
    forged.setLong(ForgedElf.SECTIONS_AT, 0).setShort(ForgedElf.SECTION_COUNT_AT, 0);
    Path copy = relocate(forged.write(temporary.resolve("bare.so")), "copy.so");
    assertThat(ElfFile.read(copy).soname()).isEqualTo("copy.so");
    assertThat(ForgedElf.of(copy).getLong(ForgedElf.SECTIONS_AT)).isZero();
  }

  @Test
  void relocate_sectionCountKeptElsewhere_isFollowed() throws Exception {
    ForgedElf forged = ForgedElf.of(RealFiles.module("_json"));
    long dynamic = forged.section(DYNAMIC_SECTION);
    int count = forged.getShort(ForgedElf.SECTION_COUNT_AT);
    forged.setLong(forged.getLong(ForgedElf.SECTIONS_AT) + Sections.SIZE_AT, count);
    forged.setShort(ForgedElf.SECTION_COUNT_AT, 0);
    ForgedElf copy = ForgedElf.of(relocate(forged.write(temporary.resolve("many.so")), "copy.so"));
    long segment = copy.segment(Segment.DYNAMIC, 0);
    assertThat(copy.getLong(dynamic + Sections.OFFSET_AT))
        .isEqualTo(copy.getLong(segment + ForgedElf.SEGMENT_OFFSET));
    assertThat(copy.getLong(dynamic + Sections.ADDRESS_AT))
        .isEqualTo(copy.getLong(segment + ForgedElf.SEGMENT_ADDRESS));
  }

  @Test
  void relocate_nameThatIsNoText_isRefused() throws Exception {
    ForgedElf forged = ForgedElf.of(RealFiles.module("_ctypes"));
    long name = forged.getLong(forged.entry(DynamicSection.NEEDED) + 8);
    forged.setByte(forged.table(DynamicSection.STRINGS) + name, 0xff);
    Path original = forged.write(temporary.resolve("odd.so"));
    assertThatThrownBy(() -> relocate(original, "copy.so"))
        .isInstanceOf(ElfException.class)
        .hasMessageContaining("DT_NEEDED is \"\uFFFDibffi.so.8\"; expected a name written in");
  }

  @Test
  void relocate_stringTableWithoutEnd_keepsTheLastName() throws IOException {
    ForgedElf forged = ForgedElf.of(RealFiles.module("_json"));
    long size = forged.entry(DynamicSection.STRINGS_SIZE) + 8;
    forged.setLong(size, forged.getLong(size) - 1);
    Path copy = temporary.resolve("copy.so");
    Path original = forged.write(temporary.resolve("open.so"));
    Relocator.relocate(original, copy, Relocation.named("a.so").build());
    assertThat(ElfFile.read(copy).soname()).isEqualTo("a.so");
    assertThat(ElfFile.read(copy).undefinedSymbols())
        .isEqualTo(ElfFile.read(original).undefinedSymbols());
  }

  @Test
  void relocate_fileOfAnotherProcessor_isRefusedUnlessAskedFor() throws IOException {
    ForgedElf forged = ForgedElf.of(RealFiles.module("_json")).setShort(ForgedElf.MACHINE_AT, 183);
    Path original = forged.write(temporary.resolve("arm.so"));
    Path copy = temporary.resolve("copy.so");
    Relocation change = Relocation.named("a.so").build();
    assertThatThrownBy(() -> Relocator.relocate(original, copy, change))
        .isInstanceOf(ElfException.class)
        .hasMessage(original + ": made for AArch64; expected x86-64");
    assertThat(copy).doesNotExist();
    Relocator.relocate(original, copy, change, Machine.AARCH64);
    ForgedElf written = ForgedElf.of(copy);
    assertThat(written.getLong(written.segment(Segment.LOAD, 4) + ForgedElf.SEGMENT_ALIGNMENT))
        .isEqualTo(0x10000);
  }

  @Test
  void relocate_success_leavesOnlyTheCopy_forItsOwnerAlone() throws IOException {
    Path copy = relocate(RealFiles.module("_json"), "json-7.so");
    assertThat(files()).containsExactly(copy);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
  }

  @Test
  void isComplete_isFalse_forAnyOtherLengthThanTheCopys() throws IOException {
    Path copy = relocate(RealFiles.module("_json"), "json-7.so");
    byte[] whole = Files.readAllBytes(copy);
    assertThat(Relocator.isComplete(copy)).isTrue();
    for (int length : new int[] {0, 63, 64, 4096, whole.length - 1, whole.length + 1}) {
      Files.write(copy, Arrays.copyOf(whole, length));
      assertThat(Relocator.isComplete(copy)).as("%d bytes", length).isFalse();
    }
    Files.write(copy, new byte[whole.length]);
    assertThat(Relocator.isComplete(copy)).isFalse();
    Files.delete(copy);
    assertThat(Relocator.isComplete(copy)).isFalse();
    assertThat(Relocator.isComplete(temporary)).isFalse();
  }

  @Test
  void relocate_failure_leavesNothing_andTheOldCopyAsItWas() throws IOException {
    Path copy = Files.writeString(temporary.resolve("copy.so"), "old");
    Relocation change = Relocation.named("a.so").build();
    assertThatThrownBy(() -> Relocator.relocate(Path.of("/proc/self/status"), copy, change))
        .isInstanceOf(ElfException.class);
    // Too long for a file name, found out when it is moved into place.
    assertThatThrownBy(
            () ->
                Relocator.relocate(
                    RealFiles.module("_json"), temporary.resolve("x".repeat(300)), change))
        .isInstanceOf(IOException.class);
    assertThat(files()).containsExactly(copy);
    assertThat(copy).hasContent("old");
  }

  @Test
  void relocate_missingFolder_isAnIoException() {
    Path copy = temporary.resolve("none").resolve("copy.so");
    Relocation change = Relocation.named("a.so").build();
    assertThatThrownBy(() -> Relocator.relocate(RealFiles.module("_json"), copy, change))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void relocate_everyFile_readsWithoutAWarning() throws Exception {
    Tools.require("readelf");
    Tools.require("objdump");
    Path again = temporary.resolve("again");
    for (Path original : RealFiles.all()) {
      Path copy = relocate(original, original.getFileName().toString());
      Relocator.relocate(copy, again, Relocation.named("again.so").build());
      for (Path file : List.of(copy, again)) {
        assertThat(complaints(List.of("readelf", "-aW", file.toString()))).isEmpty();
        assertThat(complaints(List.of("objdump", "-p", file.toString()))).isEmpty();
      }
    }
  }

  private List<String> complaints(List<String> command) throws Exception {
    Tools.Result result = Tools.run(temporary.resolve("tool.log"), Map.of(), command);
    assertThat(result.output()).containsIgnoringCase("dynamic section");
    assertThat(result.status()).isZero();
    return result
        .output()
        .lines()
        .filter(line -> line.matches("(?i)(readelf|objdump):.*|.*<corrupt.*|.*<no-strings>.*"))
        .toList();
  }

  private Path relocate(Path original, String soname) throws IOException {
    Path copy = temporary.resolve(soname);
    Relocator.relocate(original, copy, Relocation.named(soname).build());
    return copy;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }
}

package dev.ophion.bridge.relocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ElfFileTest {

  @TempDir Path temporary;

  @Test
  void read_libpython_tellsItsNameAndUsesNoPython() throws IOException {
    ElfFile file = ElfFile.read(RealFiles.libpython());
    assertThat(file.soname()).isEqualTo("libpython3.14.so.1.0");
    assertThat(file.needed()).contains("libm.so.6", "libc.so.6");
    assertThat(file.versionFiles()).contains("libm.so.6", "libc.so.6");
    assertThat(file.runPath()).startsWith("$ORIGIN");
    assertThat(file.machine()).isEqualTo(Machine.X86_64);
    assertThat(file.usesPython()).isFalse();
    assertThat(file.undefinedSymbols()).contains("dlopen", "pthread_create");
  }

  @Test
  void read_extensionModule_tellsWhatItTakesFromPython() throws IOException {
    ElfFile file = ElfFile.read(RealFiles.module("_ctypes"));
    assertThat(file.soname()).isNull();
    assertThat(file.needed()).startsWith("libffi.so.8");
    assertThat(file.usesPython()).isTrue();
    assertThat(file.initialisesInPhases()).isTrue();
    assertThat(file.pythonSymbols()).contains("_Py_NoneStruct", "PyExc_TypeError");
    assertThat(file.undefinedSymbols()).containsAll(file.pythonSymbols()).contains("ffi_call");
  }

  @Test
  void read_moduleOfOnePhase_isToldApart() throws IOException {
    ElfFile file = ElfFile.read(RealFiles.module("_testsinglephase"));
    assertThat(file.usesPython()).isTrue();
    assertThat(file.initialisesInPhases()).isFalse();
  }

  @Test
  void read_libraryWithoutPython_isToldApart() throws IOException {
    Path libffi = RealFiles.DISTRIBUTION.home().resolve("libffi.so.8");
    assertThat(ElfFile.read(libffi).usesPython()).isFalse();
    assertThat(ElfFile.read(libffi).pythonSymbols()).isEmpty();
  }

  @Test
  void read_bothKindsOfHashTable_countTheSameSymbols() throws IOException {
    // Without a hash table the section headers are what is left to go by.
    Path module = RealFiles.module("_pickle");
    ForgedElf forged = ForgedElf.of(module);
    forged.setLong(forged.entry(DynamicSection.GNU_HASH), 0x6000ffffL);
    ElfFile bySections = ElfFile.read(forged.write(temporary.resolve("sections.so")));
    assertThat(bySections.undefinedSymbols())
        .isEqualTo(ElfFile.read(module).undefinedSymbols())
        .hasSizeGreaterThan(50);
  }

  @Test
  void read_missingFile_isAnIoException() {
    assertThatThrownBy(() -> ElfFile.read(temporary.resolve("none.so")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void read_whatIsNoRegularFile_isRefusedWithoutWaiting() {
    for (Path path : List.of(temporary, Path.of("/dev/zero"))) {
      assertThatThrownBy(() -> ElfFile.read(path))
          .isInstanceOf(ElfException.class)
          .hasMessage(path + ": not a regular file; expected a shared object");
    }
  }

  @Test
  void read_textOrEmptyFile_isRefused() throws IOException {
    Path text = Files.writeString(temporary.resolve("text.so"), "INPUT ( libc.so.6 )\n".repeat(9));
    assertThatThrownBy(() -> ElfFile.read(text))
        .isInstanceOf(ElfException.class)
        .hasMessage(text + ": begins with 494e5055; expected 7f454c46, the mark of an ELF file");
    Path empty = Files.createFile(temporary.resolve("empty.so"));
    assertThatThrownBy(() -> ElfFile.read(empty))
        .isInstanceOf(ElfException.class)
        .hasMessage(empty + ": 0 bytes; expected an ELF header of 64");
  }

  @Test
  void read_runPathOutsideTheStrings_isRefused() throws IOException {
    ForgedElf forged = ForgedElf.of(RealFiles.module("_json"));
    forged.setLong(forged.entry(DynamicSection.RUNPATH) + 8, -1);
    Path file = forged.write(temporary.resolve("forged.so"));
    assertThatThrownBy(() -> ElfFile.read(file))
        .isInstanceOf(ElfException.class)
        .hasMessageContaining("DT_RUNPATH is string 18446744073709551615");
  }

  @Test
  void read_program_isRefused() {
    assertThatThrownBy(() -> ElfFile.read(RealFiles.DISTRIBUTION.executable()))
        .isInstanceOf(ElfException.class)
        .hasMessageContaining("a position-independent program; expected a shared object");
  }
}

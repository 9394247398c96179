package dev.ophion.bridge.relocation;

import static dev.ophion.bridge.relocation.ForgedElf.PROGRAM_HEADERS_AT;
import static dev.ophion.bridge.relocation.ForgedElf.PROGRAM_HEADER_COUNT_AT;
import static dev.ophion.bridge.relocation.ForgedElf.SECTIONS_AT;
import static dev.ophion.bridge.relocation.ForgedElf.SEGMENT_ADDRESS;
import static dev.ophion.bridge.relocation.ForgedElf.SEGMENT_ALIGNMENT;
import static dev.ophion.bridge.relocation.ForgedElf.SEGMENT_FILE_SIZE;
import static dev.ophion.bridge.relocation.ForgedElf.SEGMENT_MEMORY_SIZE;
import static dev.ophion.bridge.relocation.ForgedElf.SEGMENT_OFFSET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file differs from a real one in one place, and the message names what was found there. */
final class MalformedElfTest {

  private static final int NOTHING = 4;
  private static final int UNUSED_TAG = 21;

  @TempDir Path temporary;

  static Stream<Arguments> forgeries() {
    return Stream.concat(headers(), tables());
  }

  private static Stream<Arguments> headers() {
    return Stream.of(
        forged("a 32-bit ELF file", elf -> elf.setByte(ForgedElf.CLASS_AT, 1)),
        forged("a big-endian ELF file", elf -> elf.setByte(ForgedElf.ORDER_AT, 2)),
        forged("ELF version 9/1", elf -> elf.setByte(6, 9)),
        forged("ELF type 1;", elf -> elf.setShort(ForgedElf.TYPE_AT, 1)),
        forged("machine 243;", elf -> elf.setShort(ForgedElf.MACHINE_AT, 243)),
        forged("0 program headers", elf -> elf.setShort(PROGRAM_HEADER_COUNT_AT, 0)),
        forged("65535 program headers", elf -> elf.setShort(PROGRAM_HEADER_COUNT_AT, 0xffff)),
        forged(
            "program headers of 32 bytes",
            elf -> elf.setShort(ForgedElf.PROGRAM_HEADER_SIZE_AT, 32)),
        forged(
            "the program header table has",
            elf -> elf.setLong(PROGRAM_HEADERS_AT, elf.size() - 56)),
        forged("the program header table has", elf -> elf.setLong(PROGRAM_HEADERS_AT, -56)),
        forged("section headers of 40 bytes", elf -> elf.setShort(ForgedElf.SECTION_SIZE_AT, 40)),
        forged("the section header table has", elf -> elf.setLong(SECTIONS_AT, Long.MAX_VALUE)),
        forged("section headers;", elf -> elf.setShort(ForgedElf.SECTION_COUNT_AT, 0xfffe)),
        forged("no DYNAMIC segment", elf -> elf.setInt(elf.segment(2, 0), NOTHING)),
        forged("two DYNAMIC segments", elf -> elf.setInt(elf.segment(4, 0), Segment.DYNAMIC)),
        forged("no LOAD segment", MalformedElfTest::removeLoads),
        forged("a LOAD segment has", elf -> set(elf, 1, SEGMENT_FILE_SIZE, Long.MIN_VALUE)),
        forged("a LOAD segment has", elf -> set(elf, 1, SEGMENT_OFFSET, Long.MAX_VALUE)),
        forged("bytes in memory", elf -> set(elf, 1, SEGMENT_MEMORY_SIZE, 1)),
        forged("bytes in memory", elf -> set(elf, 3, SEGMENT_MEMORY_SIZE, Long.MAX_VALUE)),
        forged("at address 0xffffffffffff", elf -> set(elf, 1, SEGMENT_ADDRESS, -4096)),
        forged("aligned to 0x3000", elf -> set(elf, 1, SEGMENT_ALIGNMENT, 0x3000)),
        forged("aligned to 0x0;", elf -> set(elf, 1, SEGMENT_ALIGNMENT, 0)),
        forged("both equal modulo 0x100000", elf -> set(elf, 3, SEGMENT_ALIGNMENT, 0x100000)),
        forged("in ascending order", elf -> set(elf, 2, SEGMENT_ADDRESS, 0)));
  }

  private static Stream<Arguments> tables() {
    return Stream.of(
        forged("a dynamic section of 8 bytes", elf -> dynamic(elf, SEGMENT_FILE_SIZE, 8)),
        forged("bytes; expected between 16", elf -> dynamic(elf, SEGMENT_FILE_SIZE, 1L << 32)),
        forged("an offset that is loaded at", elf -> dynamic(elf, SEGMENT_OFFSET, 64)),
        forged("the dynamic section is at", elf -> dynamic(elf, SEGMENT_ADDRESS, 1L << 40)),
        forged("without an end", elf -> dynamic(elf, SEGMENT_FILE_SIZE, 64)),
        forged("no DT_STRTAB", elf -> elf.setLong(elf.entry(DynamicSection.STRINGS), UNUSED_TAG)),
        forged("two DT_STRTAB", elf -> elf.setLong(elf.entry(12), DynamicSection.STRINGS)),
        forged("no DT_SYMTAB", elf -> elf.setLong(elf.entry(DynamicSection.SYMBOLS), UNUSED_TAG)),
        forged("string table of 18446744", elf -> value(elf, DynamicSection.STRINGS_SIZE, -1)),
        forged("string table has", elf -> value(elf, DynamicSection.STRINGS_SIZE, 1 << 27)),
        forged("string table is at address", elf -> value(elf, DynamicSection.STRINGS, -1)),
        forged("expected one of the 2 bytes", elf -> value(elf, DynamicSection.STRINGS_SIZE, 2)),
        forged("DT_NEEDED is string 99999999", elf -> value(elf, DynamicSection.NEEDED, 99999999)),
        forged("DT_RUNPATH is string", elf -> value(elf, DynamicSection.RUNPATH, -1)),
        forged("the name of a symbol is", elf -> elf.setInt(symbol(elf, 1), 99999999)),
        forged("symbols of 16 bytes", elf -> value(elf, DynamicSection.SYMBOL_SIZE, 16)),
        forged("hash table is at address", elf -> value(elf, DynamicSection.GNU_HASH, 1L << 46)),
        forged("4294967295 hash buckets", elf -> elf.setInt(hash(elf), 0xffffffffL)),
        forged("hash buckets at offset", elf -> elf.setInt(hash(elf) + 8, 0xffffffffL)),
        forged("a hash chain that begins at", elf -> elf.setInt(hash(elf) + 4, 0x7fffffff)),
        forged("a hash chain without an end", MalformedElfTest::makeChainEndless),
        forged("version 0 of the table", elf -> elf.setShort(versions(elf), 0)),
        forged("1 bytes after the last", elf -> elf.setInt(versions(elf) + 12, 1)),
        forged("needed versions; expected 1", elf -> elf.setInt(versions(elf) + 12, 0x11)),
        forged("the table of needed versions", elf -> elf.setInt(versions(elf) + 12, -16)),
        forged("needed versions is string", elf -> elf.setInt(versions(elf) + 4, -1)),
        forged("overlap at offset", elf -> value(elf, DynamicSection.SYMBOLS, 24)));
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void relocate_forgedFile_isRefusedWithWhatWasSeen(String seen, Consumer<ForgedElf> change)
      throws Exception {
    ForgedElf forged = ForgedElf.of(RealFiles.module("_json"));
    change.accept(forged);
    Path original = forged.write(temporary.resolve("forged.so"));
    Path copy = temporary.resolve("copy.so");
    Relocation relocation = Relocation.named("a.so").dependFirstOn("b.so").build();
    assertThatThrownBy(() -> Relocator.relocate(original, copy, relocation))
        .isInstanceOf(ElfException.class)
        .hasMessageStartingWith(original + ": ")
        .hasMessageContaining(seen)
        .hasMessageContaining("; expected ");
    assertThat(temporary.toFile().list()).containsExactly("forged.so");
  }

  private static Arguments forged(String seen, Consumer<ForgedElf> change) {
    return Arguments.of(seen, change);
  }

  private static void set(ForgedElf elf, int load, int field, long value) {
    elf.setLong(elf.segment(Segment.LOAD, load) + field, value);
  }

  private static void dynamic(ForgedElf elf, int field, long value) {
    elf.setLong(elf.segment(Segment.DYNAMIC, 0) + field, value);
  }

  private static void value(ForgedElf elf, long tag, long value) {
    elf.setLong(elf.entry(tag) + 8, value);
  }

  private static long hash(ForgedElf elf) {
    return elf.table(DynamicSection.GNU_HASH);
  }

  private static long versions(ForgedElf elf) {
    return elf.table(DynamicSection.VERSION_NEEDS);
  }

  private static long symbol(ForgedElf elf, int n) {
    return elf.table(DynamicSection.SYMBOLS) + 24L * n;
  }

  private static void removeLoads(ForgedElf elf) {
    for (int i = 0; i < 4; i++) {
      elf.setInt(elf.segment(Segment.LOAD, 0), NOTHING);
    }
  }

  /** Clears the end marks of all chains, and those words after them that would look like one. */
  private static void makeChainEndless(ForgedElf elf) {
    elf.setLong(elf.entry(DynamicSection.VERSION_NEEDS), UNUSED_TAG);
    long words = hash(elf) + 16 + elf.getInt(hash(elf) + 8) * 8 + elf.getInt(hash(elf)) * 4;
    long segment = elf.segment(Segment.LOAD, 0);
    long end = elf.getLong(segment + SEGMENT_OFFSET) + elf.getLong(segment + SEGMENT_FILE_SIZE);
    for (long at = words; at + 4 <= end; at += 4) {
      elf.setInt(at, elf.getInt(at) & ~1L);
    }
  }
}

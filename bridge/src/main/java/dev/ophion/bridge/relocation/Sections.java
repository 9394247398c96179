package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The section header table, which only tools read: it is kept truthful for them. The headers that
 * matter are found in one pass.
 *
 * @param offset where the table begins
 * @param count how many entries it has; 0 if the file has none
 * @param dynamic the header of the dynamic section
 * @param dynamicSymbols the header of the dynamic symbol table
 * @param symbols the header of the symbol table for debuggers
 * @param strings the header of the dynamic string table
 */
record Sections(
    ElfReader reader,
    long offset,
    long count,
    @Nullable Header dynamic,
    @Nullable Header dynamicSymbols,
    @Nullable Header symbols,
    @Nullable Header strings) {

  /** The parts of an {@code Elf64_Shdr} that are used. */
  record Header(long index, int type, long address, long offset, long size, long link) {

    static Header read(ByteBuffer bytes, int at, long index) {
      return new Header(
          index,
          bytes.getInt(at + 4),
          bytes.getLong(at + ADDRESS_AT),
          bytes.getLong(at + OFFSET_AT),
          bytes.getLong(at + SIZE_AT),
          Integer.toUnsignedLong(bytes.getInt(at + 40)));
    }
  }

  static final int ENTRY_BYTES = 64;
  static final int ADDRESS_AT = 16;
  static final int OFFSET_AT = 24;
  static final int SIZE_AT = 32;

  /** Section numbers from here on stand for something else. */
  static final int RESERVED = 0xff00;

  private static final int SYMBOLS = 2;
  private static final int STRINGS = 3;
  private static final int DYNAMIC = 6;
  private static final int DYNAMIC_SYMBOLS = 11;
  private static final int PER_CHUNK = ElfReader.CHUNK_BYTES / ENTRY_BYTES;
  private static final String WHAT = "the section header table";

  static Sections read(ElfLayout layout) throws IOException {
    ElfReader reader = layout.reader();
    long offset = layout.sectionsOffset();
    long count = 0;
    if (offset != 0) {
      ByteBuffer first = reader.read(offset, ENTRY_BYTES, WHAT);
      count = layout.sectionCount() != 0 ? layout.sectionCount() : first.getLong(SIZE_AT);
      if (count < 0 || count > reader.size() / ENTRY_BYTES) {
        throw reader.malformed(
            Long.toUnsignedString(count) + " section headers",
            "at most " + reader.size() / ENTRY_BYTES + " in a file of this size");
      }
      reader.requireInside(offset, count * ENTRY_BYTES, WHAT);
    }
    @Nullable Header dynamic = null;
    @Nullable Header dynamicSymbols = null;
    @Nullable Header symbols = null;
    for (long first = 0; first < count; first += PER_CHUNK) {
      int some = (int) Math.min(PER_CHUNK, count - first);
      ByteBuffer table = reader.read(offset + first * ENTRY_BYTES, some * ENTRY_BYTES, WHAT);
      for (int i = 0; i < some; i++) {
        Header header = Header.read(table, i * ENTRY_BYTES, first + i);
        switch (header.type()) {
          case DYNAMIC -> dynamic = dynamic == null ? header : dynamic;
          case DYNAMIC_SYMBOLS -> dynamicSymbols = dynamicSymbols == null ? header : dynamicSymbols;
          case SYMBOLS -> symbols = symbols == null ? header : symbols;
          default -> {}
        }
      }
    }
    Header strings = strings(reader, offset, count, dynamic);
    return new Sections(reader, offset, count, dynamic, dynamicSymbols, symbols, strings);
  }

  private static @Nullable Header strings(
      ElfReader reader, long offset, long count, @Nullable Header dynamic) throws IOException {
    if (dynamic == null || dynamic.link() == 0 || dynamic.link() >= count) {
      return null;
    }
    long index = dynamic.link();
    Header header =
        Header.read(reader.read(offset + index * ENTRY_BYTES, ENTRY_BYTES, WHAT), 0, index);
    return header.type() == STRINGS ? header : null;
  }

  long sizeBytes() {
    return count * ENTRY_BYTES;
  }

  /** How many dynamic symbols the section headers claim if they mean the table at an address. */
  long dynamicSymbolCount(long address) {
    Header header = dynamicSymbols;
    return header == null || header.address() != address || header.size() < 0
        ? 0
        : header.size() / Symbols.ENTRY_BYTES;
  }

  /** The symbols for debuggers; none if the file was stripped. */
  Symbols debugSymbols() throws ElfException {
    Header header = symbols;
    if (header == null) {
      return new Symbols(reader, 0, 0);
    }
    reader.requireInside(header.offset(), header.size(), "the symbol table");
    return new Symbols(reader, header.offset(), header.size() / Symbols.ENTRY_BYTES);
  }
}

package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A symbol table in the file.
 *
 * @param offset where it begins
 * @param count how many entries it has, all of them inside the file
 */
record Symbols(ElfReader reader, long offset, long count) {

  static final int ENTRY_BYTES = 24;
  static final int NAME_AT = 0;
  static final int INFO_AT = 4;
  static final int SECTION_AT = 6;
  static final int VALUE_AT = 8;

  static final int UNDEFINED_SECTION = 0;

  private static final int PER_CHUNK = ElfReader.CHUNK_BYTES / ENTRY_BYTES;
  private static final int BINDING_SHIFT = 4;
  private static final int WEAK = 2;
  private static final int GNU_UNIQUE = 10;

  /** Gets a piece of the table; true if it has changed something in it. */
  interface Visitor {
    boolean visit(ByteBuffer entries, int count) throws IOException;
  }

  /** Gets a piece that has been changed. */
  interface Writer {
    void write(ByteBuffer bytes, long offset) throws IOException;
  }

  /** The dynamic symbols. Their number is written nowhere and follows from the hash table. */
  static Symbols readDynamic(ElfLayout layout, DynamicSection dynamic, Sections sections)
      throws IOException {
    ElfReader reader = layout.reader();
    long address = dynamic.require(DynamicSection.SYMBOLS, "DT_SYMTAB");
    long count;
    if (dynamic.has(DynamicSection.HASH)) {
      long table = dynamic.value(DynamicSection.HASH, 0, "DT_HASH");
      String what = "the symbol hash table";
      count =
          Integer.toUnsignedLong(reader.read(layout.offsetOf(table, 8, what), 8, what).getInt(4));
    } else if (dynamic.has(DynamicSection.GNU_HASH)) {
      long table = dynamic.value(DynamicSection.GNU_HASH, 0, "DT_GNU_HASH");
      count = GnuHash.countSymbols(layout, table);
      if (count == 0) {
        count = sections.dynamicSymbolCount(address);
      }
    } else {
      count = sections.dynamicSymbolCount(address);
    }
    String what = "the dynamic symbol table";
    return new Symbols(reader, layout.offsetOf(address, count * ENTRY_BYTES, what), count);
  }

  long sizeBytes() {
    return count * ENTRY_BYTES;
  }

  void visit(Visitor visitor, Writer writer) throws IOException {
    for (long first = 0; first < count; first += PER_CHUNK) {
      int some = (int) Math.min(PER_CHUNK, count - first);
      long at = offset + first * ENTRY_BYTES;
      ByteBuffer entries = reader.read(at, some * ENTRY_BYTES, "a symbol table");
      if (visitor.visit(entries, some)) {
        writer.write(entries, at);
      }
    }
  }

  /** Makes a symbol that exists once in a process into one that each library has for itself. */
  static boolean makeUniqueWeak(ByteBuffer entries, int at) {
    int info = Byte.toUnsignedInt(entries.get(at + INFO_AT));
    if (info >> BINDING_SHIFT != GNU_UNIQUE) {
      return false;
    }
    int type = info & ((1 << BINDING_SHIFT) - 1);
    entries.put(at + INFO_AT, (byte) (WEAK << BINDING_SHIFT | type));
    return true;
  }
}

package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The dynamic section: what the dynamic loader is told about a file, as tags and values. */
record DynamicSection(ElfReader reader, List<Entry> entries) {

  /** One {@code Elf64_Dyn}. */
  record Entry(long tag, long value) {

    void write(ByteBuffer bytes) {
      bytes.putLong(tag).putLong(value);
    }
  }

  static final int ENTRY_BYTES = 16;

  static final long END = 0;
  static final long NEEDED = 1;
  static final long HASH = 4;
  static final long STRINGS = 5;
  static final long SYMBOLS = 6;
  static final long STRINGS_SIZE = 10;
  static final long SYMBOL_SIZE = 11;
  static final long SONAME = 14;
  static final long RPATH = 15;
  static final long RUNPATH = 29;
  static final long GNU_HASH = 0x6ffffef5L;
  static final long FLAGS_1 = 0x6ffffffbL;
  static final long VERSION_NEEDS = 0x6ffffffeL;

  private static final long PROGRAM_FLAG = 0x08000000L;
  private static final int LARGEST_BYTES = 1 << 20;

  static DynamicSection read(ElfLayout layout) throws IOException {
    ElfReader reader = layout.reader();
    Segment segment = layout.dynamic();
    long size = segment.fileSize();
    if (size < ENTRY_BYTES || size > LARGEST_BYTES) {
      throw reader.malformed(
          "a dynamic section of " + Long.toUnsignedString(size) + " bytes",
          "between " + ENTRY_BYTES + " and " + LARGEST_BYTES);
    }
    // The loader goes by the address and tools by the offset: they must mean the same bytes.
    if (layout.offsetOf(segment.address(), size, "the dynamic section") != segment.offset()) {
      throw reader.malformed(
          String.format(
              "the dynamic section at offset %#x and address %#x",
              segment.offset(), segment.address()),
          "an offset that is loaded at that address");
    }
    ByteBuffer bytes = reader.read(segment.offset(), (int) size, "the dynamic section");
    List<Entry> entries = new ArrayList<>();
    while (bytes.remaining() >= ENTRY_BYTES) {
      Entry entry = new Entry(bytes.getLong(), bytes.getLong());
      if (entry.tag == END) {
        DynamicSection section = new DynamicSection(reader, entries);
        section.requireLibrary();
        return section;
      }
      entries.add(entry);
    }
    throw reader.malformed("a dynamic section without an end", "a DT_NULL entry");
  }

  private void requireLibrary() throws ElfException {
    if ((value(FLAGS_1, 0, "DT_FLAGS_1") & PROGRAM_FLAG) != 0) {
      throw reader.malformed("a position-independent program", "a shared object");
    }
    long size = value(SYMBOL_SIZE, Symbols.ENTRY_BYTES, "DT_SYMENT");
    if (size != Symbols.ENTRY_BYTES) {
      throw reader.malformed(
          "symbols of " + Long.toUnsignedString(size) + " bytes",
          Integer.toString(Symbols.ENTRY_BYTES));
    }
  }

  boolean has(long tag) {
    for (Entry entry : entries) {
      if (entry.tag == tag) {
        return true;
      }
    }
    return false;
  }

  /** Returns the value of a tag that may occur once. */
  long value(long tag, long otherwise, String name) throws ElfException {
    long value = otherwise;
    boolean found = false;
    for (Entry entry : entries) {
      if (entry.tag == tag) {
        if (found) {
          throw reader.malformed("two " + name + " entries", "one");
        }
        found = true;
        value = entry.value;
      }
    }
    return value;
  }

  long require(long tag, String name) throws ElfException {
    if (!has(tag)) {
      throw reader.malformed("no " + name + " entry in the dynamic section", "one");
    }
    return value(tag, 0, name);
  }
}

package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file header and the program header table: what the file is, and where its addresses lie.
 *
 * @param dynamic the segment of the dynamic section
 * @param sectionsOffset where the section header table begins, 0 if there is none
 * @param sectionCount the header's count, 0 if the first section header holds it
 */
record ElfLayout(
    ElfReader reader,
    Machine machine,
    List<Segment> segments,
    Segment dynamic,
    long sectionsOffset,
    int sectionCount) {

  static final int HEADER_BYTES = 64;
  static final int PROGRAM_HEADERS_AT = 32;
  static final int PROGRAM_HEADER_COUNT_AT = 56;

  /** Stands for a count that is too large for its field and kept elsewhere. */
  static final int COUNT_ELSEWHERE = 0xffff;

  private static final int MAGIC = 0x464c457f;
  private static final int SHARED_OBJECT = 3;
  private static final long LARGEST_ADDRESS = 1L << 47;
  private static final long LARGEST_ALIGNMENT = 1L << 30;

  static ElfLayout read(ElfReader reader) throws IOException {
    if (reader.size() < HEADER_BYTES) {
      throw reader.malformed(reader.size() + " bytes", "an ELF header of " + HEADER_BYTES);
    }
    ByteBuffer header = reader.read(0, HEADER_BYTES, "the ELF header");
    Machine machine = requireSupported(reader, header);
    List<Segment> segments = readSegments(reader, header);
    long sectionsOffset = header.getLong(40);
    int sectionEntry = Short.toUnsignedInt(header.getShort(58));
    if (sectionsOffset != 0 && sectionEntry != Sections.ENTRY_BYTES) {
      throw reader.malformed(
          "section headers of " + sectionEntry + " bytes", Integer.toString(Sections.ENTRY_BYTES));
    }
    return new ElfLayout(
        reader,
        machine,
        segments,
        requireLoadable(reader, segments),
        sectionsOffset,
        Short.toUnsignedInt(header.getShort(60)));
  }

  private static Machine requireSupported(ElfReader reader, ByteBuffer header) throws ElfException {
    if (header.getInt(0) != MAGIC) {
      throw reader.malformed(
          String.format("begins with %08x", Integer.reverseBytes(header.getInt(0))),
          "7f454c46, the mark of an ELF file");
    }
    if (header.get(4) != 2) {
      throw reader.malformed(
          header.get(4) == 1
              ? "a 32-bit ELF file"
              : "ELF class " + Byte.toUnsignedInt(header.get(4)),
          "a 64-bit one");
    }
    if (header.get(5) != 1) {
      throw reader.malformed(
          header.get(5) == 2
              ? "a big-endian ELF file"
              : "ELF byte order " + Byte.toUnsignedInt(header.get(5)),
          "a little-endian one");
    }
    if (header.get(6) != 1 || header.getInt(20) != 1) {
      throw reader.malformed(
          "ELF version "
              + Byte.toUnsignedInt(header.get(6))
              + "/"
              + Integer.toUnsignedString(header.getInt(20)),
          "1");
    }
    int type = Short.toUnsignedInt(header.getShort(16));
    if (type != SHARED_OBJECT) {
      throw reader.malformed("ELF type " + type, SHARED_OBJECT + ", a shared object");
    }
    int code = Short.toUnsignedInt(header.getShort(18));
    Machine machine = Machine.of(code);
    if (machine == null) {
      throw reader.malformed(
          "made for machine " + code, Machine.X86_64 + " (62) or " + Machine.AARCH64 + " (183)");
    }
    return machine;
  }

  private static List<Segment> readSegments(ElfReader reader, ByteBuffer header)
      throws IOException {
    int entry = Short.toUnsignedInt(header.getShort(54));
    int count = Short.toUnsignedInt(header.getShort(PROGRAM_HEADER_COUNT_AT));
    if (count == 0 || count >= COUNT_ELSEWHERE - 1) {
      throw reader.malformed(
          count + " program headers", "between 1 and " + (COUNT_ELSEWHERE - 2) + " of them");
    }
    if (entry != Segment.BYTES) {
      throw reader.malformed(
          "program headers of " + entry + " bytes", Integer.toString(Segment.BYTES));
    }
    ByteBuffer table =
        reader.read(
            header.getLong(PROGRAM_HEADERS_AT), count * Segment.BYTES, "the program header table");
    List<Segment> segments = new ArrayList<>(count + 1);
    for (int i = 0; i < count; i++) {
      segments.add(Segment.read(table, i * Segment.BYTES));
    }
    return segments;
  }

  /** Checks what the dynamic loader takes for granted; returns the dynamic segment. */
  private static Segment requireLoadable(ElfReader reader, List<Segment> segments)
      throws ElfException {
    @Nullable Segment dynamic = null;
    @Nullable Segment previous = null;
    for (Segment segment : segments) {
      if (segment.isLoad()) {
        requireLoadable(reader, segment, previous);
        previous = segment;
      } else if (segment.type() == Segment.DYNAMIC) {
        if (dynamic != null) {
          throw reader.malformed("two DYNAMIC segments", "one");
        }
        dynamic = segment;
      }
    }
    if (previous == null) {
      throw reader.malformed("no LOAD segment", "at least one");
    }
    if (dynamic == null) {
      throw reader.malformed("no DYNAMIC segment", "a dynamically linked shared object");
    }
    return dynamic;
  }

  private static void requireLoadable(ElfReader reader, Segment segment, @Nullable Segment previous)
      throws ElfException {
    reader.requireInside(segment.offset(), segment.fileSize(), "a LOAD segment");
    long address = segment.address();
    long size = segment.memorySize();
    if (address < 0
        || address > LARGEST_ADDRESS
        || size < segment.fileSize()
        || size > LARGEST_ADDRESS) {
      throw reader.malformed(
          String.format(
              "a LOAD segment at address %#x with %#x bytes in memory and %#x in the file",
              address, size, segment.fileSize()),
          "addresses below 2^47 and no more bytes in the file than in memory");
    }
    long alignment = segment.alignment();
    if (alignment <= 0 || Long.bitCount(alignment) != 1 || alignment > LARGEST_ALIGNMENT) {
      throw reader.malformed(
          String.format("a LOAD segment aligned to %#x", alignment), "a power of two up to 2^30");
    }
    if (((address - segment.offset()) & (alignment - 1)) != 0) {
      throw reader.malformed(
          String.format("a LOAD segment at address %#x and offset %#x", address, segment.offset()),
          String.format("both equal modulo %#x", alignment));
    }
    if (previous != null && address < previous.endAddress()) {
      throw reader.malformed(
          String.format(
              "a LOAD segment at %#x after one that ends at %#x", address, previous.endAddress()),
          "LOAD segments in ascending order that do not overlap");
    }
  }

  /** Finds the LOAD segment whose bytes in the file hold an address. */
  Segment holding(long address, String what) throws ElfException {
    for (Segment segment : segments) {
      if (segment.isLoad()
          && address >= segment.address()
          && address - segment.address() < segment.fileSize()) {
        return segment;
      }
    }
    throw reader.malformed(
        String.format("%s is at address %#x", what, address), "an address that the file fills");
  }

  /** Where in the file the bytes at an address are, all of which have to be there. */
  long offsetOf(long address, long length, String what) throws ElfException {
    Segment segment = holding(address, what);
    long start = address - segment.address();
    if (length < 0 || length > segment.fileSize() - start) {
      throw reader.malformed(
          String.format(
              "%s has %s bytes at address %#x", what, Long.toUnsignedString(length), address),
          "at most " + (segment.fileSize() - start) + " in that segment");
    }
    return segment.offset() + start;
  }

  /** The end of the highest segment. */
  long endAddress() {
    long end = 0;
    for (Segment segment : segments) {
      if (segment.isLoad()) {
        end = segment.endAddress();
      }
    }
    return end;
  }

  /** An alignment that suits every LOAD segment and every page size of the machine. */
  long alignment() {
    long alignment = machine.largestPage();
    for (Segment segment : segments) {
      if (segment.isLoad()) {
        alignment = Math.max(alignment, segment.alignment());
      }
    }
    return alignment;
  }
}

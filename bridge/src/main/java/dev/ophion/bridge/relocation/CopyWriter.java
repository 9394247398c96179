package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the bytes of one copy. Confined to the thread that relocates. */
final class CopyWriter {

  private static final Set<? extends OpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /** A piece of the original that is changed in place. */
  private record Piece(String name, long offset, long size) {}

  private final ElfContent content;
  private final NewSegment segment;
  private final FileChannel target;
  private final Sections.@Nullable Header dynamicHeader;
  private final Sections.@Nullable Header stringsHeader;

  private CopyWriter(ElfContent content, NewSegment segment, FileChannel target) {
    this.content = content;
    this.segment = segment;
    this.target = target;
    dynamicHeader = content.sections().dynamic();
    stringsHeader = content.stringsHeader();
  }

  /** Writes a new file and returns its size. */
  static long write(ElfContent content, Relocation change, Path file) throws IOException {
    // First of all, as it adds to the string table.
    List<Long> versionFiles = versionFiles(content, change);
    NewSegment segment = NewSegment.plan(content, change);
    try (FileChannel target = FileChannel.open(file, NEW_FILE, ownerOnly())) {
      content.layout().reader().copyTo(target);
      CopyWriter writer = new CopyWriter(content, segment, target);
      writer.writeSegment();
      writer.writeHeader();
      writer.writeVersionFiles(versionFiles);
      writer.writeSections();
      writer.writeSymbols(content.symbols());
      writer.writeSymbols(content.sections().debugSymbols());
      return target.size();
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }

  /** Tables that lie one over the other cannot be changed one by one. */
  static void requireApart(ElfContent content) throws ElfException {
    List<Piece> pieces = new ArrayList<>();
    pieces.add(new Piece("the ELF header", 0, ElfLayout.HEADER_BYTES));
    Sections sections = content.sections();
    pieces.add(new Piece("the section header table", sections.offset(), sections.sizeBytes()));
    Symbols dynamic = content.symbols();
    pieces.add(new Piece("the dynamic symbol table", dynamic.offset(), dynamic.sizeBytes()));
    Symbols debug = sections.debugSymbols();
    pieces.add(new Piece("the symbol table", debug.offset(), debug.sizeBytes()));
    for (VersionNeeds.Need need : content.versions().needs()) {
      pieces.add(new Piece("the table of needed versions", need.offset(), VersionNeeds.Need.BYTES));
    }
    pieces.removeIf(piece -> piece.size() == 0);
    pieces.sort(Comparator.comparingLong(Piece::offset));
    for (int i = 1; i < pieces.size(); i++) {
      Piece first = pieces.get(i - 1);
      Piece second = pieces.get(i);
      if (second.offset() < first.offset() + first.size()) {
        throw content
            .layout()
            .reader()
            .malformed(
                first.name() + " and " + second.name() + " overlap at offset " + second.offset(),
                "distinct tables");
      }
    }
  }

  private static List<Long> versionFiles(ElfContent content, Relocation change)
      throws ElfException {
    List<Long> offsets = new ArrayList<>();
    List<String> files = content.versionFiles();
    for (int i = 0; i < files.size(); i++) {
      String name = change.renamed(files.get(i));
      boolean same = name.equals(files.get(i));
      offsets.add(same ? content.versions().needs().get(i).file() : content.strings().add(name));
    }
    return offsets;
  }

  private void writeSegment() throws IOException {
    writeAt(segment.tables(), segment.offset());
    byte[] original = content.strings().original();
    writeAt(ByteBuffer.wrap(original), segment.stringsOffset());
    writeAt(ByteBuffer.wrap(content.strings().added()), segment.stringsOffset() + original.length);
  }

  private void writeHeader() throws IOException {
    writeAt(number(segment.offset()), ElfLayout.PROGRAM_HEADERS_AT);
    ByteBuffer count = ByteBuffer.allocate(Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    count.putShort((short) segment.segmentCount()).flip();
    writeAt(count, ElfLayout.PROGRAM_HEADER_COUNT_AT);
  }

  private void writeVersionFiles(List<Long> names) throws IOException {
    List<VersionNeeds.Need> needs = content.versions().needs();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i) != needs.get(i).file()) {
        ByteBuffer name = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        name.putInt((int) (long) names.get(i)).flip();
        writeAt(name, needs.get(i).offset() + VersionNeeds.Need.FILE_AT);
      }
    }
  }

  private void writeSections() throws IOException {
    writeSection(
        dynamicHeader, segment.dynamicAddress(), segment.dynamicOffset(), segment.dynamicSize());
    writeSection(
        stringsHeader, segment.stringsAddress(), segment.stringsOffset(), segment.stringsSize());
  }

  private void writeSection(Sections.@Nullable Header header, long address, long offset, long size)
      throws IOException {
    if (header != null) {
      long at = content.sections().offset() + header.index() * Sections.ENTRY_BYTES;
      writeAt(number(address), at + Sections.ADDRESS_AT);
      writeAt(number(offset), at + Sections.OFFSET_AT);
      writeAt(number(size), at + Sections.SIZE_AT);
    }
  }

  private void writeSymbols(Symbols symbols) throws IOException {
    symbols.visit(
        (entries, count) -> {
          boolean changed = false;
          for (int at = 0; at < count * Symbols.ENTRY_BYTES; at += Symbols.ENTRY_BYTES) {
            changed |= Symbols.makeUniqueWeak(entries, at);
            changed |= moveWithSection(entries, at);
          }
          return changed;
        },
        this::writeAt);
  }

  /** Symbols for the beginning of a section that has moved: its own, and {@code _DYNAMIC}. */
  private boolean moveWithSection(ByteBuffer entries, int at) {
    int section = Short.toUnsignedInt(entries.getShort(at + Symbols.SECTION_AT));
    if (section == Symbols.UNDEFINED_SECTION || section >= Sections.RESERVED) {
      return false;
    }
    return move(entries, at, section, dynamicHeader, segment.dynamicAddress())
        || move(entries, at, section, stringsHeader, segment.stringsAddress());
  }

  private static boolean move(
      ByteBuffer entries, int at, int section, Sections.@Nullable Header header, long address) {
    if (header == null
        || header.index() != section
        || header.address() != entries.getLong(at + Symbols.VALUE_AT)) {
      return false;
    }
    entries.putLong(at + Symbols.VALUE_AT, address);
    return true;
  }

  private static ByteBuffer number(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).flip();
  }

  private void writeAt(ByteBuffer bytes, long offset) throws IOException {
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + ElfReader.CHUNK_BYTES));
      offset += target.write(bytes, offset);
    }
  }
}

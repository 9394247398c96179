package dev.ophion.bridge.relocation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The segment that is appended to a copy: a program header table with one entry more, the new
 * dynamic section and the longer string table, in this order. There is no room for them where the
 * old ones are, which stay behind unused.
 *
 * @param offset where it begins in the file
 * @param address where it is loaded, above all other segments
 * @param dynamicAt the dynamic section's distance from the beginning
 * @param stringsAt the string table's distance from the beginning
 * @param size the size of all three
 */
record NewSegment(
    ElfContent content,
    List<DynamicSection.Entry> dynamic,
    long offset,
    long address,
    int dynamicAt,
    int stringsAt,
    long size) {

  private static final int UNIT = 16;

  static NewSegment plan(ElfContent content, Relocation change) throws ElfException {
    List<DynamicSection.Entry> dynamic = change(content, change);
    ElfLayout layout = content.layout();
    // In a page of its own: glibc takes the program header table from the first segment whose pages
    // reach over it in the file, and the end of a data segment's last page is overwritten in
    // memory.
    // Unwinding would find no exception handlers then.
    long offset = roundUp(layout.reader().size(), layout.machine().largestPage());
    // Equal to the offset modulo the alignment, or it cannot be mapped.
    long alignment = layout.alignment();
    long address = roundUp(layout.endAddress(), alignment) + (offset & (alignment - 1));
    int dynamicAt = (int) roundUp((layout.segments().size() + 1L) * Segment.BYTES, UNIT);
    int stringsAt = dynamicAt + (dynamic.size() + 1) * DynamicSection.ENTRY_BYTES;
    long size = stringsAt + content.strings().size();
    return new NewSegment(content, dynamic, offset, address, dynamicAt, stringsAt, size);
  }

  /** The new entries, in the order of the old ones; the string table's place is not yet known. */
  private static List<DynamicSection.Entry> change(ElfContent content, Relocation change)
      throws ElfException {
    StringTable strings = content.strings();
    List<DynamicSection.Entry> entries = new ArrayList<>();
    for (String library : needed(content.needed(), change)) {
      entries.add(new DynamicSection.Entry(DynamicSection.NEEDED, strings.add(library)));
    }
    entries.add(new DynamicSection.Entry(DynamicSection.SONAME, strings.add(change.soname())));
    @Nullable String runPath = change.runPath();
    if (runPath != null) {
      // They differ in whether they hold for the libraries' own dependencies.
      DynamicSection old = content.dynamic();
      boolean inherited = old.has(DynamicSection.RPATH) && !old.has(DynamicSection.RUNPATH);
      long tag = inherited ? DynamicSection.RPATH : DynamicSection.RUNPATH;
      entries.add(new DynamicSection.Entry(tag, strings.add(runPath)));
    }
    for (DynamicSection.Entry entry : content.dynamic().entries()) {
      long tag = entry.tag();
      if (tag != DynamicSection.NEEDED
          && tag != DynamicSection.SONAME
          && tag != DynamicSection.RPATH
          && tag != DynamicSection.RUNPATH) {
        entries.add(entry);
      }
    }
    return entries;
  }

  static Set<String> needed(List<String> before, Relocation change) {
    Set<String> needed = new LinkedHashSet<>();
    @Nullable String first = change.firstNeeded();
    if (first != null) {
      needed.add(first);
    }
    for (String library : before) {
      needed.add(change.renamed(library));
    }
    return needed;
  }

  private static long roundUp(long value, long unit) {
    return (value + unit - 1) & -unit;
  }

  int segmentCount() {
    return content.layout().segments().size() + 1;
  }

  long dynamicOffset() {
    return offset + dynamicAt;
  }

  long dynamicAddress() {
    return address + dynamicAt;
  }

  long dynamicSize() {
    return (long) stringsAt - dynamicAt;
  }

  long stringsOffset() {
    return offset + stringsAt;
  }

  long stringsAddress() {
    return address + stringsAt;
  }

  long stringsSize() {
    return size - stringsAt;
  }

  /** The bytes before the string table. */
  ByteBuffer tables() {
    ByteBuffer bytes = ByteBuffer.allocate(stringsAt).order(ByteOrder.LITTLE_ENDIAN);
    for (Segment segment : segments()) {
      segment.write(bytes);
    }
    bytes.position(dynamicAt);
    for (DynamicSection.Entry entry : dynamic) {
      long tag = entry.tag();
      if (tag == DynamicSection.STRINGS) {
        entry = new DynamicSection.Entry(tag, stringsAddress());
      } else if (tag == DynamicSection.STRINGS_SIZE) {
        entry = new DynamicSection.Entry(tag, stringsSize());
      }
      entry.write(bytes);
    }
    new DynamicSection.Entry(DynamicSection.END, 0).write(bytes);
    return bytes.flip();
  }

  private List<Segment> segments() {
    ElfLayout layout = content.layout();
    List<Segment> segments = new ArrayList<>(segmentCount());
    int afterLastLoad = 0;
    for (Segment segment : layout.segments()) {
      segments.add(
          switch (segment.type()) {
            case Segment.PROGRAM_HEADERS ->
                segment.movedTo(offset, address, (long) segmentCount() * Segment.BYTES);
            case Segment.DYNAMIC ->
                segment.movedTo(dynamicOffset(), dynamicAddress(), dynamicSize());
            default -> segment;
          });
      if (segment.isLoad()) {
        afterLastLoad = segments.size();
      }
    }
    segments.add(afterLastLoad, load(layout));
    return segments;
  }

  private Segment load(ElfLayout layout) {
    int flags = Segment.READABLE;
    if (layout.dynamic().isWritable()) {
      // The loader writes addresses into the dynamic section unless that says it must not.
      flags |= Segment.WRITABLE;
    }
    return new Segment(Segment.LOAD, flags, offset, address, size, size, layout.alignment());
  }
}

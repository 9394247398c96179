package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The table of needed versions ({@code DT_VERNEED}), which names the libraries they come from. */
record VersionNeeds(List<Need> needs) {

  /**
   * One {@code Elf64_Verneed}.
   *
   * @param offset where it lies in the file
   * @param file the offset of the library's name in the string table
   */
  record Need(long offset, long file) {

    static final int BYTES = 16;
    static final int FILE_AT = 4;
  }

  /** Version numbers have 15 bits. */
  private static final int MOST = 1 << 15;

  private static final String WHAT = "the table of needed versions";

  static VersionNeeds read(ElfLayout layout, DynamicSection dynamic) throws IOException {
    List<Need> needs = new ArrayList<>();
    if (!dynamic.has(DynamicSection.VERSION_NEEDS)) {
      return new VersionNeeds(needs);
    }
    ElfReader reader = layout.reader();
    long address = dynamic.value(DynamicSection.VERSION_NEEDS, 0, "DT_VERNEED");
    // Not by DT_VERNEEDNUM: the loader follows the chain to its end.
    while (needs.size() < MOST) {
      long offset = layout.offsetOf(address, Need.BYTES, WHAT);
      ByteBuffer need = reader.read(offset, Need.BYTES, WHAT);
      int version = Short.toUnsignedInt(need.getShort(0));
      if (version != 1) {
        throw reader.malformed("version " + version + " of " + WHAT, "1");
      }
      needs.add(new Need(offset, Integer.toUnsignedLong(need.getInt(Need.FILE_AT))));
      long next = Integer.toUnsignedLong(need.getInt(12));
      if (next == 0) {
        return new VersionNeeds(needs);
      }
      if (next < Need.BYTES) {
        throw reader.malformed(
            "an entry of " + WHAT + " " + next + " bytes after the last", "at least " + Need.BYTES);
      }
      address += next;
    }
    throw reader.malformed("more than " + MOST + " entries in " + WHAT, "fewer");
  }
}

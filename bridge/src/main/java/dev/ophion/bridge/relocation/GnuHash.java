package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The GNU hash table, of which only its extent is of interest. */
final class GnuHash {

  private static final int HEADER_BYTES = 16;
  private static final int WORD = 4;
  private static final int FILTER_WORD = 8;
  private static final String WHAT = "the GNU hash table";

  private GnuHash() {}

  /**
   * Counts the dynamic symbols: the last chain that begins ends with the last symbol. Every step
   * goes forward in the file, so it ends there at the latest. Returns 0 for a table without
   * symbols: a library that defines none may still refer to some.
   */
  static long countSymbols(ElfLayout layout, long address) throws IOException {
    ElfReader reader = layout.reader();
    long start = layout.offsetOf(address, HEADER_BYTES, WHAT);
    Segment segment = layout.holding(address, WHAT);
    long end = segment.offset() + segment.fileSize();
    ByteBuffer header = reader.read(start, HEADER_BYTES, WHAT);
    long buckets = Integer.toUnsignedLong(header.getInt());
    long firstSymbol = Integer.toUnsignedLong(header.getInt());
    long bucketsAt = start + HEADER_BYTES + Integer.toUnsignedLong(header.getInt()) * FILTER_WORD;
    if (bucketsAt > end || buckets > (end - bucketsAt) / WORD) {
      throw reader.malformed(
          buckets + " hash buckets at offset " + bucketsAt, "them before offset " + end);
    }
    long last = 0;
    for (long i = 0; i < buckets; ) {
      ByteBuffer words = words(reader, bucketsAt + i * WORD, buckets - i);
      i += words.remaining() / WORD;
      while (words.hasRemaining()) {
        last = Math.max(last, Integer.toUnsignedLong(words.getInt()));
      }
    }
    if (last == 0) {
      return 0;
    }
    if (last < firstSymbol) {
      throw reader.malformed(
          "a hash chain that begins at symbol " + last, "at least " + firstSymbol);
    }
    return endOfChain(reader, bucketsAt + buckets * WORD, firstSymbol, last, end);
  }

  private static long endOfChain(
      ElfReader reader, long chains, long firstSymbol, long symbol, long end) throws IOException {
    long last = symbol;
    while (true) {
      long at = chains + (last - firstSymbol) * WORD;
      if (at > end - WORD) {
        throw reader.malformed("a hash chain without an end", "it to end before offset " + end);
      }
      ByteBuffer words = words(reader, at, (end - at) / WORD);
      while (words.hasRemaining()) {
        last++;
        if ((words.getInt() & 1) != 0) {
          return last;
        }
      }
    }
  }

  private static ByteBuffer words(ElfReader reader, long offset, long atMost) throws IOException {
    int count = (int) Math.min(atMost, ElfReader.CHUNK_BYTES / WORD);
    return reader.read(offset, count * WORD, WHAT);
  }
}

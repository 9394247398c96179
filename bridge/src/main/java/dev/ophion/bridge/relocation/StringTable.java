package dev.ophion.bridge.relocation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The dynamic string table, and what is added to it. Nothing in it moves, since symbols and version
 * tables refer to it by offset.
 *
 * <p>Threading: confined to the thread that relocates.
 */
final class StringTable {

  /** Far above the largest ones known (60 MB), far below what a forged size could ask for. */
  private static final long LARGEST_BYTES = 1 << 28;

  private static final Charset FILE_NAMES = fileNames();

  /** What the JDK decodes bytes to that mean nothing in an encoding. */
  private static final char REPLACEMENT = '\uFFFD';

  private final ElfReader reader;
  private final byte[] original;
  private final ByteArrayOutputStream added = new ByteArrayOutputStream();
  private final Map<String, Long> offsets = new HashMap<>();

  private StringTable(ElfReader reader, byte[] original) {
    this.reader = reader;
    this.original = original;
    if (original.length == 0 || original[original.length - 1] != 0) {
      // Or the last string would run on into the first one that is added.
      added.write(0);
    }
  }

  static StringTable read(ElfLayout layout, DynamicSection dynamic) throws IOException {
    ElfReader reader = layout.reader();
    long address = dynamic.require(DynamicSection.STRINGS, "DT_STRTAB");
    long size = dynamic.require(DynamicSection.STRINGS_SIZE, "DT_STRSZ");
    if (size < 0 || size > LARGEST_BYTES) {
      throw reader.malformed(
          "a dynamic string table of " + Long.toUnsignedString(size) + " bytes",
          "at most " + LARGEST_BYTES);
    }
    String what = "the dynamic string table";
    long offset = layout.offsetOf(address, size, what);
    return new StringTable(reader, reader.read(offset, (int) size, what).array());
  }

  String get(long offset, String what) throws ElfException {
    if (offset < 0 || offset >= original.length) {
      throw reader.malformed(
          what + " is string " + Long.toUnsignedString(offset),
          "one of the " + original.length + " bytes of the dynamic string table");
    }
    int start = (int) offset;
    int end = start;
    while (end < original.length && original[end] != 0) {
      end++;
    }
    return new String(original, start, end - start, FILE_NAMES);
  }

  /** As {@link #get}, for the name of a file, which has to be written back as it was read. */
  String getFileName(long offset, String what) throws ElfException {
    String text = get(offset, what);
    if (text.indexOf(REPLACEMENT) >= 0) {
      throw reader.malformed(what + " is \"" + text + "\"", "a name written in " + FILE_NAMES);
    }
    offsets.putIfAbsent(text, offset);
    return text;
  }

  /** Tells whether the string at an offset is the name of a Python symbol, without making it. */
  boolean isPythonName(long offset) {
    if (offset < 0 || offset > original.length - 3) {
      return false;
    }
    int at = (int) offset;
    if (original[at] == '_') {
      at++;
    }
    if (at > original.length - 3 || original[at] != 'P' || original[at + 1] != 'y') {
      return false;
    }
    byte next = original[at + 2];
    return next == '_' || (next >= 'A' && next <= 'Z');
  }

  /** Returns the offset of a string, which is added unless it was read or added before. */
  long add(String text) throws ElfException {
    Long known = offsets.get(text);
    if (known != null) {
      return known;
    }
    long offset = size();
    try {
      ByteBuffer encoded = FILE_NAMES.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      added.write(bytes, 0, bytes.length);
    } catch (CharacterCodingException e) {
      throw reader.malformed(
          "is to refer to \"" + text + "\"", "a name that can be written in " + FILE_NAMES);
    }
    added.write(0);
    offsets.put(text, offset);
    return offset;
  }

  long size() {
    return (long) original.length + added.size();
  }

  byte[] original() {
    return original;
  }

  byte[] added() {
    return added.toByteArray();
  }

  /** The encoding of paths, as the JDK itself uses it. */
  private static Charset fileNames() {
    String name = System.getProperty("sun.jnu.encoding");
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : StandardCharsets.UTF_8;
  }
}

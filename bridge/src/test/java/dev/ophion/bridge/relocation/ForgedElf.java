package dev.ophion.bridge.relocation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The bytes of a real file, to be changed field by field. */
final class ForgedElf {

  static final int CLASS_AT = 4;
  static final int ORDER_AT = 5;
  static final int TYPE_AT = 16;
  static final int MACHINE_AT = 18;
  static final int PROGRAM_HEADERS_AT = 32;
  static final int SECTIONS_AT = 40;
  static final int PROGRAM_HEADER_SIZE_AT = 54;
  static final int PROGRAM_HEADER_COUNT_AT = 56;
  static final int SECTION_SIZE_AT = 58;
  static final int SECTION_COUNT_AT = 60;

  static final int SEGMENT_OFFSET = 8;
  static final int SEGMENT_ADDRESS = 16;
  static final int SEGMENT_FILE_SIZE = 32;
  static final int SEGMENT_MEMORY_SIZE = 40;
  static final int SEGMENT_ALIGNMENT = 48;

  private final ByteBuffer bytes;

  private ForgedElf(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static ForgedElf of(Path file) throws IOException {
    return new ForgedElf(Files.readAllBytes(file));
  }

  int size() {
    return bytes.capacity();
  }

  ForgedElf setByte(long at, int value) {
    bytes.put((int) at, (byte) value);
    return this;
  }

  ForgedElf setShort(long at, int value) {
    bytes.putShort((int) at, (short) value);
    return this;
  }

  ForgedElf setInt(long at, long value) {
    bytes.putInt((int) at, (int) value);
    return this;
  }

  ForgedElf setLong(long at, long value) {
    bytes.putLong((int) at, value);
    return this;
  }

  int getByte(long at) {
    return Byte.toUnsignedInt(bytes.get((int) at));
  }

  int getShort(long at) {
    return Short.toUnsignedInt(bytes.getShort((int) at));
  }

  long getInt(long at) {
    return Integer.toUnsignedLong(bytes.getInt((int) at));
  }

  long getLong(long at) {
    return bytes.getLong((int) at);
  }

  /** Where the n-th program header of a type begins. */
  long segment(int type, int n) {
    int seen = 0;
    for (int i = 0; i < getShort(PROGRAM_HEADER_COUNT_AT); i++) {
      long at = getLong(PROGRAM_HEADERS_AT) + 56L * i;
      if (getInt(at) == type && seen++ == n) {
        return at;
      }
    }
    throw new IllegalArgumentException("no such segment");
  }

  /** Where an entry of the dynamic section begins. */
  long entry(long tag) {
    long at = getLong(segment(Segment.DYNAMIC, 0) + SEGMENT_OFFSET);
    while (getLong(at) != tag) {
      if (getLong(at) == DynamicSection.END) {
        throw new IllegalArgumentException("no such entry");
      }
      at += 16;
    }
    return at;
  }

  /** Where the table that an entry of the dynamic section points to is; in the first segment. */
  long table(long tag) {
    return getLong(entry(tag) + 8);
  }

  /** Where the first section header of a type begins. */
  long section(int type) {
    for (int i = 0; i < getShort(SECTION_COUNT_AT); i++) {
      long at = getLong(SECTIONS_AT) + 64L * i;
      if (getInt(at + 4) == type) {
        return at;
      }
    }
    throw new IllegalArgumentException("no such section");
  }

  Path write(Path file) throws IOException {
    return Files.write(file, bytes.array());
  }

  Path write(Path file, int length) throws IOException {
    return Files.write(file, Arrays.copyOf(bytes.array(), length));
  }
}

package dev.ophion.bridge.relocation;

import java.nio.ByteBuffer;

/** One entry of the program header table ({@code Elf64_Phdr}). */
record Segment(
    int type,
    int flags,
    long offset,
    long address,
    long fileSize,
    long memorySize,
    long alignment) {

  static final int BYTES = 56;

  static final int LOAD = 1;
  static final int DYNAMIC = 2;
  static final int PROGRAM_HEADERS = 6;

  static final int WRITABLE = 2;
  static final int READABLE = 4;

  static Segment read(ByteBuffer bytes, int at) {
    return new Segment(
        bytes.getInt(at),
        bytes.getInt(at + 4),
        bytes.getLong(at + 8),
        bytes.getLong(at + 16),
        bytes.getLong(at + 32),
        bytes.getLong(at + 40),
        bytes.getLong(at + 48));
  }

  void write(ByteBuffer bytes) {
    bytes.putInt(type).putInt(flags).putLong(offset);
    // The physical address, which nothing uses and linkers set to the virtual one.
    bytes.putLong(address).putLong(address);
    bytes.putLong(fileSize).putLong(memorySize).putLong(alignment);
  }

  boolean isLoad() {
    return type == LOAD;
  }

  boolean isWritable() {
    return (flags & WRITABLE) != 0;
  }

  long endAddress() {
    return address + memorySize;
  }

  /** The same kind of segment for a table that has moved. */
  Segment movedTo(long newOffset, long newAddress, long size) {
    return new Segment(type, flags, newOffset, newAddress, size, size, alignment);
  }
}

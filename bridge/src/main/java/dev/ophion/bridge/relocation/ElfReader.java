package dev.ophion.bridge.relocation;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * Bounded access to an open file. Everything is read at a position and copied: a mapping would end
 * the process with SIGBUS if somebody shortened the file.
 */
final class ElfReader implements Closeable {

  /** The JDK keeps a direct buffer as large as the largest read for each thread. */
  static final int CHUNK_BYTES = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final BasicFileAttributes attributes;

  private ElfReader(Path file, FileChannel channel, BasicFileAttributes attributes) {
    this.file = file;
    this.channel = channel;
    this.attributes = attributes;
  }

  static ElfReader open(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      // Opening a pipe would wait for its other end.
      throw new ElfException(file, "not a regular file", "a shared object");
    }
    return new ElfReader(file, FileChannel.open(file, StandardOpenOption.READ), attributes);
  }

  Path file() {
    return file;
  }

  long size() {
    return attributes.size();
  }

  /** Refuses what was read if the file is no longer the one that was opened. */
  void requireUnchanged() throws IOException {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw malformed("removed while it was read", "a file that stays");
    }
    if (now.size() != size()
        || !now.lastModifiedTime().equals(attributes.lastModifiedTime())
        || !Objects.equals(now.fileKey(), attributes.fileKey())) {
      throw malformed("changed while it was read", "a file that stays as it is");
    }
  }

  /** Refuses a piece that does not lie in the file. */
  void requireInside(long offset, long length, String what) throws ElfException {
    if (offset < 0 || length < 0 || offset > size() || length > size() - offset) {
      throw malformed(
          what
              + " has "
              + Long.toUnsignedString(length)
              + " bytes at offset "
              + Long.toUnsignedString(offset),
          "them inside the file of " + size() + " bytes");
    }
  }

  ByteBuffer read(long offset, int length, String what) throws IOException {
    requireInside(offset, length, what);
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.position() < length) {
      bytes.limit(Math.min(length, bytes.position() + CHUNK_BYTES));
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw malformed("ends within " + what, "a file that stays as it is");
      }
    }
    return bytes.flip();
  }

  void copyTo(FileChannel target) throws IOException {
    long done = 0;
    while (done < size()) {
      long copied = channel.transferTo(done, size() - done, target);
      if (copied <= 0) {
        throw malformed("ends at byte " + done, size() + " bytes, as when it was opened");
      }
      done += copied;
    }
  }

  ElfException malformed(String seen, String expected) {
    return new ElfException(file, seen, expected);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

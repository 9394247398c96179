package dev.ophion.bridge.environment;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Which platform a program is for: its processor, and the C library, by the name of the dynamic
 * loader that the kernel starts it with.
 *
 * <p>Threading: immutable.
 *
 * @param machine the ELF header's number
 * @param bits 32 or 64
 * @param loader such as {@code ld-linux-x86-64.so.2}; empty for a static program
 */
record ProgramFile(int machine, int bits, String loader) {

  private static final int HEADER_BYTES = 64;
  private static final int MAGIC = 0x7f454c46;
  private static final int INTERPRETER_SEGMENT = 3;
  private static final int LONGEST_NAME = 4096;

  /** Reads the headers; empty if it is no ELF file, such as a script that starts another one. */
  static Optional<ProgramFile> read(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      if (in.length() < HEADER_BYTES || in.readInt() != MAGIC) {
        return Optional.empty();
      }
      ByteBuffer header = bytes(in, 0, HEADER_BYTES);
      int bits = header.get(4) == 2 ? 64 : 32;
      if (header.get(5) == 2) {
        header.order(ByteOrder.BIG_ENDIAN);
      }
      int machine = Short.toUnsignedInt(header.getShort(18));
      return Optional.of(new ProgramFile(machine, bits, bits == 64 ? loader(in, header) : ""));
    } catch (EOFException e) {
      throw new IOException(file + " is cut short", e);
    }
  }

  private static String loader(RandomAccessFile in, ByteBuffer header) throws IOException {
    long table = header.getLong(32);
    int entryBytes = Short.toUnsignedInt(header.getShort(54));
    int count = Short.toUnsignedInt(header.getShort(56));
    for (int i = 0; i < count; i++) {
      ByteBuffer entry = bytes(in, table + (long) i * entryBytes, 40).order(header.order());
      if (entry.getInt(0) == INTERPRETER_SEGMENT) {
        long length = Math.min(entry.getLong(32), LONGEST_NAME);
        byte[] name = bytes(in, entry.getLong(8), (int) Math.max(0, length)).array();
        String path = new String(name, StandardCharsets.ISO_8859_1).replace("\0", "");
        return Objects.requireNonNullElse(Path.of(path).getFileName(), Path.of("")).toString();
      }
    }
    return "";
  }

  private static ByteBuffer bytes(RandomAccessFile in, long offset, int length) throws IOException {
    if (offset < 0) {
      throw new EOFException();
    }
    byte[] bytes = new byte[length];
    in.seek(offset);
    in.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public String toString() {
    String processor =
        switch (machine) {
          case 3 -> "x86";
          case 40 -> "ARM";
          case 62 -> "x86-64";
          case 183 -> "AArch64";
          case 243 -> "RISC-V";
          default -> "machine " + machine;
        };
    return processor + ", " + bits + " bits, " + (loader.isEmpty() ? "no loader" : loader);
  }
}

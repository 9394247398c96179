package dev.ophion.bridge.copies;

import dev.ophion.bridge.relocation.Relocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * How the copies of one library differ: by the number of their slot, in their names and in those of
 * the copies that they depend on. All numbers have one length, so that a copy for another slot has
 * the same bytes but for these. Stateless.
 */
final class SlotName {

  private static final int DIGITS = 5;
  private static final int LAST = 99_999;
  private static final int HASH_DIGITS = 16;
  private static final String MARK = "-s";
  private static final String ENDING = ".so";

  /** How the name of the shared slot's copy ends, of which the others are made. */
  static final String BASE = of(Slot.SHARED);

  private SlotName() {}

  private static String of(Slot slot) {
    if (slot.number() > LAST) {
      throw new IllegalStateException(
          "this process has used up the %d numbers of images: end it".formatted(LAST));
    }
    String number = Integer.toString(slot.number());
    // Not by +, whose first use in a JVM costs as much as all of planning.
    return MARK.concat("0".repeat(DIGITS - number.length())).concat(number).concat(ENDING);
  }

  /** Returns the name of a slot's copy. */
  static String of(String base, Slot slot) {
    return base.substring(0, base.length() - BASE.length()).concat(of(slot));
  }

  /**
   * Writes the copy for a slot.
   *
   * @param base the copy of the shared slot
   * @param target an empty file, or one to be created for its owner alone
   */
  static void write(Path base, Path target, Slot slot) throws IOException {
    Set<OpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileAttribute<?> ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    long added = Relocator.addedSegment(base);
    try (FileChannel from = FileChannel.open(base, StandardOpenOption.READ);
        FileChannel to = FileChannel.open(target, options, ownerOnly)) {
      long size = from.size();
      long done = 0;
      while (done < size) {
        long copied = from.transferTo(done, size - done, to.position(done));
        if (copied <= 0) {
          throw new IOException(base + " ends at byte " + done + " of " + size);
        }
        done += copied;
      }
      rename(to, added, (int) (size - added), slot);
    }
  }

  private static void rename(FileChannel file, long offset, int length, Slot slot)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, offset + bytes.position()) < 0) {
        throw new IOException("a copy has become shorter while it was written");
      }
    }
    String text = new String(bytes.array(), StandardCharsets.ISO_8859_1);
    byte[] ending = of(slot).getBytes(StandardCharsets.ISO_8859_1);
    String wanted = BASE.concat("\0");
    for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      if (followsHash(text, at)) {
        file.write(ByteBuffer.wrap(ending), offset + at);
      }
    }
  }

  /** A library of the user's may have a name with the same end. */
  private static boolean followsHash(String text, int end) {
    int start = end - HASH_DIGITS;
    if (start < 1 || text.charAt(start - 1) != '-') {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (Character.digit(text.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }
}

package dev.ophion.bridge.distribution;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A 64-bit FNV-1a hash. It tells versions apart, it does not resist forgery; the first SHA-256 of a
 * JVM costs more than the whole warm start may.
 *
 * <p>Threading: not thread-safe.
 */
public final class Fingerprint {

  private static final long PRIME = 0x100000001b3L;

  private long state = 0xcbf29ce484222325L;

  /** Adds a text; what one call adds does not run into what the next one adds. */
  public Fingerprint add(String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      state = (state ^ (b & 0xff)) * PRIME;
    }
    // A terminator that UTF-8 never contains, so that "ab" + "c" differs from "a" + "bc".
    state = (state ^ 0xff) * PRIME;
    return this;
  }

  /** Adds a number. */
  public Fingerprint add(long number) {
    return add(Long.toHexString(number));
  }

  Fingerprint addContent(String name, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return add(name).add(content.length).add(crc.getValue());
  }

  /** Returns the hash as a number, to be added to another one. */
  public long value() {
    return state;
  }

  /** Returns twelve hexadecimal digits. */
  public String text() {
    return Long.toHexString(state | 1L << 63).substring(4);
  }
}

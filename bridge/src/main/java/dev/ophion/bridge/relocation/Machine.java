package dev.ophion.bridge.relocation;

import org.jspecify.annotations.Nullable;

/** The processors that relocation knows. */
public enum Machine {
  X86_64("x86-64", "amd64", 62, 0x1000),
  AARCH64("AArch64", "aarch64", 183, 0x10000);

  private final String text;
  private final String javaName;
  private final int code;
  private final long largestPage;

  Machine(String text, String javaName, int code, long largestPage) {
    this.text = text;
    this.javaName = javaName;
    this.code = code;
    this.largestPage = largestPage;
  }

  /** Returns the processor that this JVM runs on, or null if it is none of these. */
  public static @Nullable Machine host() {
    String name = System.getProperty("os.arch");
    for (Machine machine : values()) {
      if (machine.javaName.equals(name)) {
        return machine;
      }
    }
    return null;
  }

  static @Nullable Machine of(int code) {
    for (Machine machine : values()) {
      if (machine.code == code) {
        return machine;
      }
    }
    return null;
  }

  /** The largest page that Linux uses there: a segment aligned to it loads with all others. */
  long largestPage() {
    return largestPage;
  }

  @Override
  public String toString() {
    return text;
  }
}

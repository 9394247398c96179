package dev.ophion.bridge.codec;

/** The bounds that both sides of the wire keep. */
final class Limits {

  /** How deep containers may be nested: kMaxDepth of values.h. */
  static final int MAX_DEPTH = 500;

  /** Scratch memory up to this size is kept for the next request. */
  static final int KEPT_BYTES = 1 << 20;

  static final int FIRST_BYTES = 1 << 16;

  /** What a ByteBuffer can address, less what some JDKs reserve. */
  static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  private Limits() {}
}

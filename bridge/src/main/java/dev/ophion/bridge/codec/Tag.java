package dev.ophion.bridge.codec;

/** The tags of wire.h, with what follows each. */
public final class Tag {

  public static final byte NONE = 0x00;
  public static final byte FALSE = 0x01;
  public static final byte TRUE = 0x02;

  /** i64. */
  public static final byte INT64 = 0x03;

  /** u32 n, n bytes of two's complement, little-endian. */
  public static final byte BIG_INT = 0x04;

  /** f64. */
  public static final byte FLOAT = 0x05;

  /** f64, f64. */
  public static final byte COMPLEX = 0x06;

  /** u32 n, n Latin-1 bytes. */
  public static final byte STR8 = 0x07;

  /** u32 n, n UTF-16 units. */
  public static final byte STR16 = 0x08;

  /** u64 n, n bytes. */
  public static final byte BYTES = 0x09;

  /** u64 n, n bytes. */
  public static final byte BYTE_ARRAY = 0x0A;

  /** u32 n, n values. */
  public static final byte LIST = 0x0B;

  /** u32 n, n values. */
  public static final byte TUPLE = 0x0C;

  /** u32 n, n values. */
  public static final byte SET = 0x0D;

  /** u32 n, n values. */
  public static final byte FROZEN_SET = 0x0E;

  /** u32 n, n x (key, value). */
  public static final byte DICT = 0x0F;

  /** u32 n, n f64: a list of floats. */
  public static final byte FLOATS = 0x10;

  /** u32 n, n i64: a list of ints. */
  public static final byte INTS = 0x11;

  /** u8 typecode of array.array, u64 n, n bytes; to Python only. */
  public static final byte ARRAY = 0x12;

  /** i32 year, u8 month, u8 day. */
  public static final byte DATE = 0x13;

  /** clock, zone. */
  public static final byte TIME = 0x14;

  /** i32 year, u8 month, u8 day, clock, zone. */
  public static final byte DATE_TIME = 0x15;

  /** i32 days, i32 seconds, i32 nanoseconds. */
  public static final byte TIME_DELTA = 0x16;

  /** str. */
  public static final byte DECIMAL = 0x17;

  /** 16 bytes, big-endian. */
  public static final byte UUID = 0x18;

  /** str. */
  public static final byte PATH = 0x19;

  /** str "module:qualname", str member; to Java also its value. */
  public static final byte ENUM = 0x1A;

  /** str type name, u32 n, n x (str name, value). */
  public static final byte RECORD = 0x1B;

  /** u64 id; to Java also str type name. */
  public static final byte HANDLE = 0x1C;

  /** Memory, see wire.h. */
  public static final byte BUFFER = 0x1D;

  /** The iterator is exhausted. */
  public static final byte STOP = 0x1E;

  /** A large array of the heap, by reference. To Python only. */
  public static final byte HEAP_ARRAY = 0x1F;

  private Tag() {}
}

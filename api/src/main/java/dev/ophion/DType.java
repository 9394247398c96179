package dev.ophion;

import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an element of an array is: the data types of {@code struct}, of the buffer protocol (PEP
 * 3118) and of NumPy. Immutable; equal if every element means the same, whatever text it was parsed
 * from ({@code l} equals {@code q}).
 *
 * <p>The formats are those of PEP 3118 as NumPy writes them, for example {@code d}, {@code >i},
 * {@code Zd}, {@code 10s}, {@code 4w}, {@code T{<i:id:4x<d:value:}}. PEP 3118 has no dates; they
 * are written as NumPy's type strings: {@code M8[ns]}, {@code >m8[25s]}.
 */
public final class DType {

  /** The families of types. */
  public enum Kind {
    /** One byte, 0 or 1. */
    BOOL,
    /** A signed integer of 1, 2, 4 or 8 bytes. */
    INT,
    /** An unsigned integer of 1, 2, 4 or 8 bytes. */
    UINT,
    /** IEEE 754 binary16, binary32 or binary64. */
    FLOAT,
    /** Two floats of 4 or 8 bytes: the real and the imaginary part. */
    COMPLEX,
    /** A signed 64-bit count of {@link DType#unit()} since 1970; the lowest one is NaT. */
    DATETIME,
    /** A signed 64-bit count of {@link DType#unit()}; the lowest one is NaT. */
    TIMEDELTA,
    /** A byte string of fixed length, padded with zeros ({@code s}). */
    BYTES,
    /** A text of fixed length in UCS-4, padded with zeros ({@code w}). */
    STRING,
    /** One byte that is a character ({@code c}). */
    CHAR,
    /** Bytes without a meaning ({@code x}). */
    VOID,
    /** Named fields. */
    RECORD,
    /** Anything else, such as {@code long double} and pointers: only its size is known. */
    OPAQUE
  }

  /** {@code ?}. */
  public static final DType BOOL = number(Kind.BOOL, 1);

  /** {@code b}. */
  public static final DType INT8 = number(Kind.INT, 1);

  /** {@code h}. */
  public static final DType INT16 = number(Kind.INT, 2);

  /** {@code i}. */
  public static final DType INT32 = number(Kind.INT, 4);

  /** {@code q}. */
  public static final DType INT64 = number(Kind.INT, 8);

  /** {@code B}. */
  public static final DType UINT8 = number(Kind.UINT, 1);

  /** {@code H}. */
  public static final DType UINT16 = number(Kind.UINT, 2);

  /** {@code I}. */
  public static final DType UINT32 = number(Kind.UINT, 4);

  /** {@code Q}. */
  public static final DType UINT64 = number(Kind.UINT, 8);

  /** {@code e}: IEEE 754 binary16. */
  public static final DType FLOAT16 = number(Kind.FLOAT, 2);

  /** {@code f}. */
  public static final DType FLOAT32 = number(Kind.FLOAT, 4);

  /** {@code d}. */
  public static final DType FLOAT64 = number(Kind.FLOAT, 8);

  /** {@code Zf}: two floats. */
  public static final DType COMPLEX64 = number(Kind.COMPLEX, 8);

  /** {@code Zd}: two doubles. */
  public static final DType COMPLEX128 = number(Kind.COMPLEX, 16);

  /** {@code c}. */
  public static final DType CHAR = number(Kind.CHAR, 1);

  private final Kind kind;
  private final int itemSizeBytes;
  private final ByteOrder order;
  private final DateUnit unit;
  private final int unitCount;
  private final List<RecordField> fields;
  private final String opaque;
  private final int hash;
  private final String format;

  private DType(Kind kind, int itemSizeBytes, ByteOrder order, DateUnit unit, int unitCount) {
    this(kind, itemSizeBytes, order, unit, unitCount, List.of(), "");
  }

  private DType(Kind kind, int itemSizeBytes, List<RecordField> fields, String opaque) {
    this(kind, itemSizeBytes, ByteOrder.nativeOrder(), DateUnit.GENERIC, 1, fields, opaque);
  }

  private DType(
      Kind kind,
      int itemSizeBytes,
      ByteOrder order,
      DateUnit unit,
      int unitCount,
      List<RecordField> fields,
      String opaque) {
    this.kind = kind;
    this.itemSizeBytes = itemSizeBytes;
    this.order = order;
    this.unit = unit;
    this.unitCount = unitCount;
    this.fields = fields;
    this.opaque = opaque;
    hash = Objects.hash(kind, itemSizeBytes, order, unit, unitCount, fields, opaque);
    format = DTypeWriter.format(this);
  }

  private static DType number(Kind kind, int itemSizeBytes) {
    return new DType(kind, itemSizeBytes, ByteOrder.nativeOrder(), DateUnit.GENERIC, 1);
  }

  /**
   * Makes a type of dates ({@code datetime64}).
   *
   * @param unit what is counted
   * @return the type, in native byte order
   */
  public static DType datetime64(DateUnit unit) {
    return datetime64(unit, 1);
  }

  /**
   * Makes a type of dates that are multiples of a unit.
   *
   * @param unit what is counted
   * @param unitCount how many units make one step
   * @return the type, in native byte order
   * @throws IllegalArgumentException if the count is below 1, or above 1 without a unit
   */
  public static DType datetime64(DateUnit unit, int unitCount) {
    return time(Kind.DATETIME, unit, unitCount);
  }

  /**
   * Makes a type of durations ({@code timedelta64}).
   *
   * @param unit what is counted
   * @return the type, in native byte order
   */
  public static DType timedelta64(DateUnit unit) {
    return timedelta64(unit, 1);
  }

  /**
   * Makes a type of durations that are multiples of a unit.
   *
   * @param unit what is counted
   * @param unitCount how many units make one step
   * @return the type, in native byte order
   * @throws IllegalArgumentException if the count is below 1, or above 1 without a unit
   */
  public static DType timedelta64(DateUnit unit, int unitCount) {
    return time(Kind.TIMEDELTA, unit, unitCount);
  }

  private static DType time(Kind kind, DateUnit unit, int unitCount) {
    if (unitCount < 1 || (unit == DateUnit.GENERIC && unitCount != 1)) {
      throw new IllegalArgumentException(
          "A step of %d %s is none: take a count of at least 1, and 1 without a unit."
              .formatted(unitCount, unit));
    }
    return new DType(kind, Long.BYTES, ByteOrder.nativeOrder(), unit, unitCount);
  }

  /**
   * Makes a type of byte strings ({@code s}, NumPy's {@code S}).
   *
   * @param length in bytes
   * @return the type
   * @throws IllegalArgumentException if the length is below 1
   */
  public static DType bytes(int length) {
    return sized(Kind.BYTES, length, 1);
  }

  /**
   * Makes a type of texts ({@code w}, NumPy's {@code U}).
   *
   * @param length in code points; each takes four bytes
   * @return the type, in native byte order
   * @throws IllegalArgumentException if the length is below 1
   */
  public static DType string(int length) {
    return sized(Kind.STRING, length, Integer.BYTES);
  }

  /**
   * Makes a type of bytes without a meaning ({@code x}, NumPy's {@code V}).
   *
   * @param length in bytes
   * @return the type
   * @throws IllegalArgumentException if the length is below 1
   */
  public static DType ofVoid(int length) {
    return sized(Kind.VOID, length, 1);
  }

  private static DType sized(Kind kind, int length, int unitBytes) {
    if (length < 1 || length > Integer.MAX_VALUE / unitBytes) {
      throw new IllegalArgumentException(
          "A %s type cannot have the length %d: take 1 to %d."
              .formatted(kind, length, Integer.MAX_VALUE / unitBytes));
    }
    return new DType(kind, length * unitBytes, ByteOrder.nativeOrder(), DateUnit.GENERIC, 1);
  }

  /**
   * Makes a type that is only carried along.
   *
   * @param format its text, for example {@code g}
   * @param itemSizeBytes its size
   * @return the type
   * @throws IllegalArgumentException if the size is below 1
   */
  public static DType opaque(String format, int itemSizeBytes) {
    if (itemSizeBytes < 1) {
      throw new IllegalArgumentException(
          "The type '%s' cannot have %d bytes: take at least 1.".formatted(format, itemSizeBytes));
    }
    return new DType(Kind.OPAQUE, itemSizeBytes, List.of(), format);
  }

  /**
   * Makes a record. Fields may leave gaps, but not overlap.
   *
   * @param itemSizeBytes its size, with gaps
   * @param fields in the order of their offsets
   * @return the type
   * @throws IllegalArgumentException if there is no field, two have one name, or one reaches into
   *     the next or beyond the end
   */
  public static DType record(int itemSizeBytes, List<RecordField> fields) {
    Set<String> names = new HashSet<>();
    int end = 0;
    for (RecordField field : fields) {
      if (!names.add(field.name()) || field.offsetBytes() < end) {
        throw new IllegalArgumentException(
            "The field '%s' at byte %d has a name that is taken or reaches into the one before it,"
                    .formatted(field.name(), field.offsetBytes())
                + " which ends at byte %d: rename or move it.".formatted(end));
      }
      end = Math.addExact(field.offsetBytes(), field.sizeBytes());
    }
    if (fields.isEmpty() || end > itemSizeBytes || itemSizeBytes < 1) {
      throw new IllegalArgumentException(
          "A record of %d fields that end at byte %d cannot have %d bytes."
              .formatted(fields.size(), end, itemSizeBytes));
    }
    return new DType(Kind.RECORD, itemSizeBytes, List.copyOf(fields), "");
  }

  /**
   * Reads a format.
   *
   * @param format a format of PEP 3118, or {@code M8[..]}, {@code m8[..]}
   * @return the type
   * @throws IllegalArgumentException if it is not known, so that nobody knows its size; {@link
   *     #parse(String, int)} takes any
   */
  public static DType parse(String format) {
    DType found = DTypeParser.parse(format);
    if (found == null) {
      throw new IllegalArgumentException(
          "'%s' is no known format: take one of PEP 3118, or parse it with its item size."
              .formatted(format));
    }
    return found;
  }

  /**
   * Reads a format of elements whose size is known. Never fails for one that is not known.
   *
   * @param format any text
   * @param itemSizeBytes the size that the exporter says
   * @return the type; a record whose format leaves out the gap at its end, as NumPy's do, gets it;
   *     an opaque one if the format is not known or makes another size
   * @throws IllegalArgumentException if the size is below 1
   */
  public static DType parse(String format, int itemSizeBytes) {
    DType found = DTypeParser.parse(format);
    if (found != null && found.kind == Kind.RECORD && found.itemSizeBytes < itemSizeBytes) {
      return record(itemSizeBytes, found.fields);
    }
    return found != null && found.itemSizeBytes == itemSizeBytes
        ? found
        : opaque(format, itemSizeBytes);
  }

  /**
   * Returns the family.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns the size of an element.
   *
   * @return bytes, at least 1
   */
  public int itemSizeBytes() {
    return itemSizeBytes;
  }

  /**
   * Returns the byte order.
   *
   * @return native order also where none matters; a record's fields have their own
   */
  public ByteOrder order() {
    return order;
  }

  /**
   * Returns what is counted by dates and durations.
   *
   * @return {@link DateUnit#GENERIC} for all other kinds
   */
  public DateUnit unit() {
    return unit;
  }

  /**
   * Returns how many units make one step of dates and durations.
   *
   * @return 1 for all other kinds
   */
  public int unitCount() {
    return unitCount;
  }

  /**
   * Returns the fields of a record.
   *
   * @return in the order of their offsets; empty for all other kinds
   */
  public List<RecordField> fields() {
    return fields;
  }

  /**
   * Returns a field of a record.
   *
   * @param name its name
   * @return the field
   * @throws IllegalArgumentException if there is none of this name; names those that are there
   */
  public RecordField field(String name) {
    return fields.stream()
        .filter(field -> field.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The type '%s' has no field '%s': take one of %s."
                        .formatted(format, name, fields.stream().map(RecordField::name).toList())));
  }

  /**
   * Returns the format in one fixed notation.
   *
   * @return what {@link #parse(String, int)} reads as this very type; a single native number is one
   *     letter, which {@code memoryview} can index, and records say every order and gap
   */
  public String format() {
    return format;
  }

  /**
   * Returns the same type in another byte order.
   *
   * @param wanted the order; that of every field of a record
   * @return itself where nothing changes
   */
  public DType withOrder(ByteOrder wanted) {
    return switch (kind) {
      case BOOL, BYTES, CHAR, VOID, OPAQUE -> this;
      case RECORD ->
          record(
              itemSizeBytes,
              fields.stream().map(f -> f.withOrder(wanted)).collect(Collectors.toList()));
      default ->
          wanted == order || (itemSizeBytes == 1)
              ? this
              : new DType(kind, itemSizeBytes, wanted, unit, unitCount);
    };
  }

  /** The text of an opaque type. */
  String opaqueFormat() {
    return opaque;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof DType that
            && hash == that.hash
            && kind == that.kind
            && itemSizeBytes == that.itemSizeBytes
            && order == that.order
            && unit == that.unit
            && unitCount == that.unitCount
            && fields.equals(that.fields)
            && opaque.equals(that.opaque));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return format;
  }
}

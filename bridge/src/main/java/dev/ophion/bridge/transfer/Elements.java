package dev.ophion.bridge.transfer;

import dev.ophion.Complex;
import dev.ophion.DType;
import dev.ophion.ReadableElements;
import dev.ophion.RecordField;
import dev.ophion.WritableElements;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.Claim;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an array shows of its memory: where elements lie, of which type they are and how each is
 * read and written. Nothing here keeps the memory; each touch of an element holds the claim of its
 * {@link Cells} for its own length.
 *
 * <p><b>Threading:</b> immutable.
 */
final class Elements implements ReadableElements, WritableElements {

  private final Cells cells;
  private final Geometry geometry;
  private final DType type;

  /** As the exporter wrote it, one Latin-1 character each byte; or that of a view's type. */
  private final String wireFormat;

  private final boolean readOnly;
  private final Element element;

  private Elements(
      Cells cells, Geometry geometry, Element element, String wireFormat, boolean readOnly) {
    this.cells = cells;
    this.geometry = geometry;
    this.element = element;
    type = element.type();
    this.wireFormat = wireFormat;
    this.readOnly = readOnly;
  }

  /** Makes all elements of some memory. */
  static Elements of(Cells cells, Memory memory) {
    DType type = DType.parse(text(memory.format()), memory.itemSizeBytes());
    // NumPy leaves out the gap at a record's end, and refuses to read what it wrote.
    boolean isRecord = type.kind() == DType.Kind.RECORD;
    return new Elements(
        cells,
        Geometry.ofSpan(memory.shape(), memory.strides()),
        new Element(cells, type),
        isRecord ? wire(type.format()) : memory.format(),
        memory.readOnly());
  }

  /** Formats travel as bytes; those of field names are UTF-8. */
  static String wire(String format) {
    return new String(format.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String text(String wire) {
    return new String(wire.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** Returns the same elements under another claim on the same memory. */
  Elements under(Claim claim) {
    Cells same = new Cells(claim, cells.address(), cells.sizeBytes());
    return new Elements(same, geometry, new Element(same, type), wireFormat, readOnly);
  }

  private Elements seen(Geometry other) {
    return new Elements(cells, other, element, wireFormat, readOnly);
  }

  Elements slice(int axis, long start, long stop, long step) {
    return seen(geometry.slice(axis, start, stop, step));
  }

  Elements select(int axis, long index) {
    return seen(geometry.select(axis, index));
  }

  Elements transpose(int... axes) {
    return seen(geometry.transpose(axes));
  }

  Elements reshape(long... shape) {
    return seen(geometry.reshape(shape, type.itemSizeBytes()));
  }

  /** One element lies at several places then, so nothing may be written. */
  Elements broadcast(long... shape) {
    return new Elements(cells, geometry.broadcast(shape), element, wireFormat, true);
  }

  Elements field(String name) {
    RecordField field = type.field(name);
    DType inner = field.dtype();
    Geometry seen = geometry.field(field.offsetBytes(), field.shape(), inner.itemSizeBytes());
    return new Elements(cells, seen, new Element(cells, inner), wire(inner.format()), readOnly);
  }

  Cells cells() {
    return cells;
  }

  DType type() {
    return type;
  }

  Geometry geometry() {
    return geometry;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  /** Returns the format without the mark of its byte order. */
  String format() {
    String format = text(wireFormat);
    boolean isMarked = format.length() > 1 && "@=<>!".indexOf(format.charAt(0)) >= 0;
    return isMarked ? format.substring(1) : format;
  }

  boolean isContiguous() {
    return geometry.isContiguous(type.itemSizeBytes());
  }

  /** Returns where the first of all bytes lies that belong to an element. */
  long address() {
    return cells.address() + geometry.low();
  }

  /** Returns how far it is to the end of the last byte that belongs to an element. */
  long spanBytes() {
    return geometry.spanBytes(type.itemSizeBytes());
  }

  /** Describes the memory to an interpreter. */
  Memory described() {
    return new Memory(
        address(),
        spanBytes(),
        readOnly,
        wireFormat,
        type.itemSizeBytes(),
        geometry.shape(),
        geometry.strides());
  }

  /** Copies all of them; the caller holds a lease. */
  Object toArray(Class<?> array) {
    return new ElementCopier(cells, geometry, type, array).read();
  }

  /** Copies all of them to or from a Java array; the caller holds a lease. */
  void copy(Object array, boolean isWrite) {
    ElementCopier copier = new ElementCopier(cells, geometry, type, array.getClass());
    copier.check(array);
    copier.copy(array, isWrite);
  }

  void requireWritable() {
    if (readOnly) {
      cells.claim().requireOpen();
      throw new UnsupportedOperationException(
          "The array is read-only: make the memory writable where it comes from, or copy it.");
    }
  }

  private long writableAt(long[] index) {
    requireWritable();
    return geometry.offset(index);
  }

  @Override
  public @Nullable Object get(long... index) {
    return NaturalElement.get(element, geometry.offset(index));
  }

  @Override
  public double getDouble(long... index) {
    return element.getDouble(geometry.offset(index));
  }

  @Override
  public float getFloat(long... index) {
    return element.getFloat(geometry.offset(index));
  }

  @Override
  public long getLong(long... index) {
    return element.getLong(geometry.offset(index));
  }

  @Override
  public int getInt(long... index) {
    return (int) element.getWithin(geometry.offset(index), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Override
  public short getShort(long... index) {
    return (short) element.getWithin(geometry.offset(index), Short.MIN_VALUE, Short.MAX_VALUE);
  }

  @Override
  public byte getByte(long... index) {
    return element.getByte(geometry.offset(index));
  }

  @Override
  public boolean getBoolean(long... index) {
    return element.getBoolean(geometry.offset(index));
  }

  @Override
  public Complex getComplex(long... index) {
    return element.getComplex(geometry.offset(index));
  }

  @Override
  public String getString(long... index) {
    return new TextElement(element).getString(geometry.offset(index));
  }

  @Override
  public byte[] getBytes(long... index) {
    return new TextElement(element).getBytes(geometry.offset(index));
  }

  @Override
  public @Nullable LocalDateTime getDateTime(long... index) {
    return new TimeElement(element).getDateTime(geometry.offset(index));
  }

  @Override
  public @Nullable Instant getInstant(long... index) {
    return new TimeElement(element).getInstant(geometry.offset(index));
  }

  @Override
  public @Nullable Duration getDuration(long... index) {
    return new TimeElement(element).getDuration(geometry.offset(index));
  }

  @Override
  public void setDouble(double value, long... index) {
    element.setDouble(writableAt(index), value);
  }

  @Override
  public void setLong(long value, long... index) {
    element.setLong(writableAt(index), value);
  }

  @Override
  public void setBoolean(boolean value, long... index) {
    element.setBoolean(writableAt(index), value);
  }

  @Override
  public void setComplex(Complex value, long... index) {
    element.setComplex(writableAt(index), value);
  }

  @Override
  public void setString(String value, long... index) {
    new TextElement(element).setString(writableAt(index), value);
  }

  @Override
  public void setBytes(byte[] value, long... index) {
    new TextElement(element).setBytes(writableAt(index), value);
  }

  @Override
  public void setDateTime(@Nullable LocalDateTime value, long... index) {
    new TimeElement(element).setDateTime(writableAt(index), value);
  }

  @Override
  public void setInstant(@Nullable Instant value, long... index) {
    new TimeElement(element).setInstant(writableAt(index), value);
  }

  @Override
  public void setDuration(@Nullable Duration value, long... index) {
    new TimeElement(element).setDuration(writableAt(index), value);
  }

  @Override
  public String toString() {
    return "format=%s, shape=%s".formatted(type, Arrays.toString(geometry.shape()));
  }
}

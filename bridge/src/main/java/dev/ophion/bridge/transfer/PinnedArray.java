package dev.ophion.bridge.transfer;

import dev.ophion.Complex;
import dev.ophion.DType;
import dev.ophion.NdArray;
import dev.ophion.RecordField;
import dev.ophion.SharedBuffer;
import dev.ophion.bridge.codec.BufferSink;
import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.Claim;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.memory.MemoryOwner;
import dev.ophion.bridge.memory.PinnedBuffer;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An array in memory that a lease keeps, pinned in an interpreter, lent by Java or mapped by the
 * runtime; or a view of one.
 */
public class PinnedArray implements NdArray {

  private final Cells cells;
  private final Geometry geometry;
  private final DType type;

  /** As the exporter wrote it, one Latin-1 character each byte; or that of a view's type. */
  private final String wireFormat;

  private final boolean readOnly;
  private final Element element;

  /** What holds the claim; null if it is this one. Keeps it from being collected. */
  private final @Nullable PinnedArray root;

  private final Cleaner.@Nullable Cleanable net;
  private final @Nullable PinnedBuffer whole;
  private volatile boolean ended;

  private PinnedArray(Cells cells, Geometry geometry, DType type, String format, boolean readOnly) {
    this.cells = cells;
    this.geometry = geometry;
    this.type = type;
    this.readOnly = readOnly;
    // NumPy leaves out the gap at a record's end, and refuses to read what it wrote.
    wireFormat = type.kind() == DType.Kind.RECORD ? wire(type.format()) : format;
    element = new Element(cells, type);
    root = null;
    whole = bufferOver();
    net = cells.claim().closeWith(this);
  }

  private PinnedArray(PinnedArray of, Geometry geometry, DType type, boolean readOnly) {
    of.requireOpen();
    cells = of.cells;
    this.geometry = geometry;
    this.type = type;
    this.readOnly = readOnly;
    boolean isSame = type.equals(of.type);
    wireFormat = isSame ? of.wireFormat : wire(type.format());
    element = isSame ? of.element : new Element(cells, type);
    root = of.root == null ? of : of.root;
    whole = null;
    net = null;
  }

  /**
   * Makes an array.
   *
   * @param subject for messages
   * @param memory what of the leased memory it shows
   * @param lease keeps the memory; the array takes over one count
   */
  PinnedArray(String subject, Memory memory, Lease lease) {
    this(
        new Cells(new Claim(subject, List.of(lease)), memory.address(), memory.sizeBytes()),
        Geometry.ofSpan(memory.shape(), memory.strides()),
        DType.parse(text(memory.format()), memory.itemSizeBytes()),
        memory.format(),
        memory.readOnly());
  }

  /** Formats travel as bytes; those of field names are UTF-8. */
  static String wire(String format) {
    return new String(format.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String text(String wire) {
    return new String(wire.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /**
   * Makes an array over memory of any owner.
   *
   * @param lease the array takes over one count of it, unless this throws
   * @param memory what of the leased memory it shows
   * @return the array; the caller closes it
   */
  public static PinnedArray of(Lease lease, Memory memory) {
    return new PinnedArray("NdArray", memory, lease);
  }

  /**
   * Reads what a take gave; see {@code taking.h}.
   *
   * @param reply positioned behind the status
   * @param owner the interpreter that has given the memory up
   * @param adopted is told when the pin or the count is no longer the reply's
   * @return the array, which owns the pin or the count; the caller closes it
   */
  public static PinnedArray readTaken(Decoder reply, MemoryOwner owner, Runnable adopted) {
    boolean isForeign = reply.u8() != 0;
    long number = reply.u64();
    Memory memory = reply.memory();
    Lease lease =
        isForeign
            ? LeaseTable.get(number)
            : LeaseTable.ofPython(owner, number, memory.sizeBytes()).madeExclusive();
    adopted.run();
    try {
      return of(lease, memory);
    } catch (Throwable failure) {
      lease.drop();
      throw failure;
    }
  }

  /**
   * Begins to hand the array over to an interpreter for good. Until that ends, nobody else can use
   * it.
   *
   * @return what lends it and ends the move
   * @throws IllegalStateException if the array is closed or a view, or somebody else uses the
   *     memory
   */
  public Moving beginMove() {
    requireOpen();
    if (whole == null) {
      throw new IllegalStateException(
          this + " is a view, and others may show the same memory: move the array it is of.");
    }
    return Moving.begin(this, cells.claim(), whole);
  }

  /** Describes the memory to a request that moves it. */
  void describe(long lease, BufferSink sink) {
    sink.put(lease, described());
  }

  /**
   * Lends the array to an interpreter for the length of a request.
   *
   * @param target the interpreter
   * @param keep takes the number of a lease that is to be dropped with {@link LeaseTable#drop} when
   *     the request has been carried out
   * @param sink is called once
   * @throws IllegalStateException if the array is closed
   */
  public void lend(MemoryOwner target, LongConsumer keep, BufferSink sink) {
    requireOpen();
    Lending.lend(cells.claim(), 0, target, keep, lease -> sink.put(lease, described()));
  }

  private Memory described() {
    int itemSize = type.itemSizeBytes();
    return new Memory(
        cells.address() + geometry.low(),
        geometry.spanBytes(itemSize),
        readOnly,
        wireFormat,
        itemSize,
        geometry.shape(),
        geometry.strides());
  }

  private void requireOpen() {
    cells.claim().requireOpen();
    if (ended) {
      throw new IllegalStateException(
          "The view is closed: take another one of its array, which is still open.");
    }
  }

  private void requireWritable() {
    if (readOnly) {
      requireOpen();
      throw new UnsupportedOperationException(
          "The array is read-only: make the memory writable where it comes from, or copy it.");
    }
  }

  private long at(long[] index) {
    if (ended) {
      requireOpen();
    }
    return geometry.offset(index);
  }

  private long writableAt(long[] index) {
    requireWritable();
    return at(index);
  }

  @Override
  public DType dtype() {
    return type;
  }

  @Override
  public String format() {
    String format = text(wireFormat);
    boolean isMarked = format.length() > 1 && "@=<>!".indexOf(format.charAt(0)) >= 0;
    return isMarked ? format.substring(1) : format;
  }

  @Override
  public long[] shape() {
    return geometry.shape().clone();
  }

  @Override
  public long[] strides() {
    return geometry.strides().clone();
  }

  @Override
  public long size() {
    return geometry.size();
  }

  @Override
  public boolean isReadOnly() {
    return readOnly;
  }

  @Override
  public boolean isContiguous() {
    return geometry.isContiguous(type.itemSizeBytes());
  }

  @Override
  public SharedBuffer buffer() {
    requireOpen();
    if (!isContiguous()) {
      throw new IllegalStateException(
          ("The array of shape %s has strides %s and so no flat buffer:"
                  + " copy it in Python first, or read it with toArray.")
              .formatted(Arrays.toString(geometry.shape()), Arrays.toString(geometry.strides())));
    }
    return whole != null ? whole : bufferOver();
  }

  /** Of a view each time another: what it remembers must not outlive the array's close. */
  private PinnedBuffer bufferOver() {
    long sizeBytes = geometry.spanBytes(type.itemSizeBytes());
    long address = cells.address() + geometry.low();
    return new PinnedBuffer(this, cells.claim(), 0, address, sizeBytes, readOnly);
  }

  @Override
  public <T> T toArray(Class<T> type) {
    requireOpen();
    ElementCopier copier = new ElementCopier(cells, geometry, this.type, type);
    return type.cast(leased(copier::read));
  }

  @Override
  public void copyTo(Object target) {
    requireOpen();
    copy(target, false);
  }

  @Override
  public void copyFrom(Object source) {
    requireWritable();
    requireOpen();
    copy(source, true);
  }

  private void copy(Object array, boolean isWrite) {
    ElementCopier copier = new ElementCopier(cells, geometry, type, array.getClass());
    copier.check(array);
    leased(
        () -> {
          copier.copy(array, isWrite);
          return array;
        });
  }

  /** A copy takes long: closing meanwhile is not held up, and the memory stays to its end. */
  private Object leased(Supplier<Object> copy) {
    Lease lease = cells.claim().lend(0);
    try {
      return copy.get();
    } finally {
      lease.drop();
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public @Nullable Object get(long... index) {
    return NaturalElement.get(element, at(index));
  }

  @Override
  public double getDouble(long... index) {
    return element.getDouble(at(index));
  }

  @Override
  public float getFloat(long... index) {
    return element.getFloat(at(index));
  }

  @Override
  public long getLong(long... index) {
    return element.getLong(at(index));
  }

  @Override
  public int getInt(long... index) {
    return (int) element.getWithin(at(index), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Override
  public short getShort(long... index) {
    return (short) element.getWithin(at(index), Short.MIN_VALUE, Short.MAX_VALUE);
  }

  @Override
  public byte getByte(long... index) {
    return element.getByte(at(index));
  }

  @Override
  public boolean getBoolean(long... index) {
    return element.getBoolean(at(index));
  }

  @Override
  public Complex getComplex(long... index) {
    return element.getComplex(at(index));
  }

  @Override
  public String getString(long... index) {
    return new TextElement(element).getString(at(index));
  }

  @Override
  public byte[] getBytes(long... index) {
    return new TextElement(element).getBytes(at(index));
  }

  @Override
  public @Nullable LocalDateTime getDateTime(long... index) {
    return new TimeElement(element).getDateTime(at(index));
  }

  @Override
  public @Nullable Instant getInstant(long... index) {
    return new TimeElement(element).getInstant(at(index));
  }

  @Override
  public @Nullable Duration getDuration(long... index) {
    return new TimeElement(element).getDuration(at(index));
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

  private PinnedArray view(Geometry seen) {
    return new PinnedArray(this, seen, type, readOnly);
  }

  @Override
  public NdArray slice(int axis, long start, long stop, long step) {
    return view(geometry.slice(axis, start, stop, step));
  }

  @Override
  public NdArray select(int axis, long index) {
    return view(geometry.select(axis, index));
  }

  @Override
  public NdArray transpose(int... axes) {
    return view(geometry.transpose(axes));
  }

  @Override
  public NdArray reshape(long... shape) {
    return view(geometry.reshape(shape, type.itemSizeBytes()));
  }

  @Override
  public NdArray broadcast(long... shape) {
    return new PinnedArray(this, geometry.broadcast(shape), type, true);
  }

  @Override
  public NdArray field(String name) {
    RecordField field = type.field(name);
    DType inner = field.dtype();
    Geometry seen = geometry.field(field.offsetBytes(), field.shape(), inner.itemSizeBytes());
    return new PinnedArray(this, seen, inner, readOnly);
  }

  @Override
  public NdArray share() {
    requireOpen();
    Lease lease = cells.claim().lend(0);
    try {
      Claim claim = new Claim("NdArray", List.of(lease));
      Cells shared = new Cells(claim, cells.address(), cells.sizeBytes());
      return new PinnedArray(shared, geometry, type, wireFormat, readOnly);
    } catch (Throwable failure) {
      lease.drop();
      throw failure;
    }
  }

  @Override
  public void close() {
    ended = true;
    if (net != null && whole != null) {
      cells.claim().close();
      whole.forget();
      net.clean();
    }
  }

  @Override
  public String toString() {
    return "NdArray[format=%s, shape=%s]".formatted(type, Arrays.toString(geometry.shape()));
  }
}

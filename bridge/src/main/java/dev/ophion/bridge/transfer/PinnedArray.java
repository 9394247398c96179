package dev.ophion.bridge.transfer;

import dev.ophion.Complex;
import dev.ophion.DType;
import dev.ophion.NdArray;
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
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An array in memory that a lease keeps, pinned in an interpreter, lent by Java or mapped by the
 * runtime; or a view of one. This is about how long the memory stays; what it shows of it are its
 * {@link Elements}.
 */
public class PinnedArray implements NdArray {

  private final Elements elements;
  private final Claim claim;

  /** What holds the claim; null if it is this one. Keeps it from being collected. */
  private final @Nullable PinnedArray root;

  private final Cleaner.@Nullable Cleanable net;
  private final @Nullable PinnedBuffer whole;
  private volatile boolean ended;

  private PinnedArray(Elements elements) {
    this.elements = elements;
    claim = elements.cells().claim();
    root = null;
    whole = bufferOver();
    net = claim.closeWith(this);
  }

  private PinnedArray(PinnedArray of, Elements seen) {
    of.requireOpen();
    elements = seen;
    claim = of.claim;
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
        Elements.of(
            new Cells(new Claim(subject, List.of(lease)), memory.address(), memory.sizeBytes()),
            memory));
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
   * @param adopter takes the pin or the count over from the reply
   * @return the array, which owns the pin or the count; the caller closes it
   */
  public static PinnedArray readTaken(Decoder reply, Adopter adopter) {
    boolean isForeign = reply.u8() != 0;
    long number = reply.u64();
    Memory memory = reply.memory();
    return isForeign
        ? of(adopter.adoptCount(number), memory)
        : of(adopter.adoptPin(number, memory.sizeBytes()).madeExclusive(), memory);
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
    return Moving.begin(this, claim, whole);
  }

  /** Describes the memory to a request that moves it. */
  void describe(long lease, BufferSink sink) {
    sink.put(lease, elements.described());
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
  public void lend(MemoryOwner target, Consumer<Lease> keep, BufferSink sink) {
    requireOpen();
    Lending.lend(claim, 0, target, keep, lease -> sink.put(lease, elements.described()));
  }

  private void requireOpen() {
    claim.requireOpen();
    if (ended) {
      throw new IllegalStateException(
          "The view is closed: take another one of its array, which is still open.");
    }
  }

  /** To touch one of them, which fails by itself where the claim was given back. */
  private Elements open() {
    if (ended) {
      requireOpen();
    }
    return elements;
  }

  @Override
  public DType dtype() {
    return elements.type();
  }

  @Override
  public String format() {
    return elements.format();
  }

  @Override
  public long[] shape() {
    return elements.geometry().shape().clone();
  }

  @Override
  public long[] strides() {
    return elements.geometry().strides().clone();
  }

  @Override
  public long size() {
    return elements.geometry().size();
  }

  @Override
  public boolean isReadOnly() {
    return elements.isReadOnly();
  }

  @Override
  public boolean isContiguous() {
    return elements.isContiguous();
  }

  @Override
  public SharedBuffer buffer() {
    requireOpen();
    if (!isContiguous()) {
      throw new IllegalStateException(
          ("The array of shape %s has strides %s and so no flat buffer:"
                  + " copy it in Python first, or read it with toArray.")
              .formatted(Arrays.toString(shape()), Arrays.toString(strides())));
    }
    return whole != null ? whole : bufferOver();
  }

  /** Of a view each time another: what it remembers must not outlive the array's close. */
  private PinnedBuffer bufferOver() {
    return new PinnedBuffer(
        this, claim, 0, elements.address(), elements.spanBytes(), elements.isReadOnly());
  }

  @Override
  public <T> T toArray(Class<T> type) {
    requireOpen();
    return type.cast(leased(() -> elements.toArray(type)));
  }

  @Override
  public void copyTo(Object target) {
    requireOpen();
    copy(target, false);
  }

  @Override
  public void copyFrom(Object source) {
    elements.requireWritable();
    requireOpen();
    copy(source, true);
  }

  private void copy(Object array, boolean isWrite) {
    leased(
        () -> {
          elements.copy(array, isWrite);
          return array;
        });
  }

  private Object leased(Supplier<Object> copy) {
    try {
      return claim.holding(copy);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public @Nullable Object get(long... index) {
    return open().get(index);
  }

  @Override
  public double getDouble(long... index) {
    return open().getDouble(index);
  }

  @Override
  public float getFloat(long... index) {
    return open().getFloat(index);
  }

  @Override
  public long getLong(long... index) {
    return open().getLong(index);
  }

  @Override
  public int getInt(long... index) {
    return open().getInt(index);
  }

  @Override
  public short getShort(long... index) {
    return open().getShort(index);
  }

  @Override
  public byte getByte(long... index) {
    return open().getByte(index);
  }

  @Override
  public boolean getBoolean(long... index) {
    return open().getBoolean(index);
  }

  @Override
  public Complex getComplex(long... index) {
    return open().getComplex(index);
  }

  @Override
  public String getString(long... index) {
    return open().getString(index);
  }

  @Override
  public byte[] getBytes(long... index) {
    return open().getBytes(index);
  }

  @Override
  public @Nullable LocalDateTime getDateTime(long... index) {
    return open().getDateTime(index);
  }

  @Override
  public @Nullable Instant getInstant(long... index) {
    return open().getInstant(index);
  }

  @Override
  public @Nullable Duration getDuration(long... index) {
    return open().getDuration(index);
  }

  @Override
  public void setDouble(double value, long... index) {
    open().setDouble(value, index);
  }

  @Override
  public void setLong(long value, long... index) {
    open().setLong(value, index);
  }

  @Override
  public void setBoolean(boolean value, long... index) {
    open().setBoolean(value, index);
  }

  @Override
  public void setComplex(Complex value, long... index) {
    open().setComplex(value, index);
  }

  @Override
  public void setString(String value, long... index) {
    open().setString(value, index);
  }

  @Override
  public void setBytes(byte[] value, long... index) {
    open().setBytes(value, index);
  }

  @Override
  public void setDateTime(@Nullable LocalDateTime value, long... index) {
    open().setDateTime(value, index);
  }

  @Override
  public void setInstant(@Nullable Instant value, long... index) {
    open().setInstant(value, index);
  }

  @Override
  public void setDuration(@Nullable Duration value, long... index) {
    open().setDuration(value, index);
  }

  private PinnedArray view(Elements seen) {
    return new PinnedArray(this, seen);
  }

  @Override
  public NdArray slice(int axis, long start, long stop, long step) {
    return view(elements.slice(axis, start, stop, step));
  }

  @Override
  public NdArray select(int axis, long index) {
    return view(elements.select(axis, index));
  }

  @Override
  public NdArray transpose(int... axes) {
    return view(elements.transpose(axes));
  }

  @Override
  public NdArray reshape(long... shape) {
    return view(elements.reshape(shape));
  }

  @Override
  public NdArray broadcast(long... shape) {
    return view(elements.broadcast(shape));
  }

  @Override
  public NdArray field(String name) {
    return view(elements.field(name));
  }

  @Override
  public NdArray share() {
    requireOpen();
    return claim.share(further -> new PinnedArray(elements.under(further)));
  }

  @Override
  public void close() {
    ended = true;
    if (net != null && whole != null) {
      claim.close();
      whole.forget();
      net.clean();
    }
  }

  @Override
  public String toString() {
    return "NdArray[%s]".formatted(elements);
  }
}

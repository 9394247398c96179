package dev.ophion.bridge.transfer;

import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.SharedBuffer;
import dev.ophion.bridge.codec.BufferSink;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.Claim;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.memory.PinOwner;
import dev.ophion.bridge.memory.PinnedBuffer;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/** An array in memory that a lease keeps: pinned in an interpreter, or mapped by the runtime. */
public class PinnedArray implements NdArray {

  private final Memory memory;
  private final ElementFormat format;
  private final Claim claim;
  private final PinnedBuffer buffer;
  private final Cleaner.Cleanable net;

  /**
   * Makes an array.
   *
   * @param subject for messages
   * @param memory where it is and what it holds
   * @param lease keeps the memory; the array takes over one count
   */
  PinnedArray(String subject, Memory memory, Lease lease) {
    this.memory = memory;
    format = ElementFormat.parse(memory.format());
    claim = new Claim(subject, List.of(lease));
    buffer =
        new PinnedBuffer(this, claim, 0, memory.address(), memory.sizeBytes(), memory.readOnly());
    net = claim.closeWith(this);
  }

  /**
   * Makes the Java side of a pinned array.
   *
   * @param owner the interpreter
   * @param pin the pin's number, which the array owns from now on
   * @param memory where it is and what it holds
   * @return the array; the caller closes it
   */
  public static PinnedArray of(PinOwner owner, long pin, Memory memory) {
    return new PinnedArray("NdArray", memory, LeaseTable.ofPython(owner, pin, memory.sizeBytes()));
  }

  /**
   * Reads what a take gave; see {@code taking.h}.
   *
   * @param reply little-endian, positioned behind the status
   * @param owner the interpreter that has given the memory up
   * @return the array, which owns the pin or the count; the caller closes it
   */
  public static PinnedArray readTaken(ByteBuffer reply, PinOwner owner) {
    boolean isForeign = reply.get() != 0;
    long number = reply.getLong();
    Memory memory = PinnedPayload.readMemory(reply);
    Lease lease =
        isForeign
            ? LeaseTable.get(number)
            : LeaseTable.ofPython(owner, number, memory.sizeBytes()).madeExclusive();
    return new PinnedArray("NdArray", memory, lease);
  }

  /**
   * Begins to hand the array over to an interpreter for good. Until that ends, nobody else can use
   * it.
   *
   * @return what lends it and ends the move
   * @throws IllegalStateException if the array is closed, or somebody else uses the memory
   */
  public Moving beginMove() {
    return Moving.begin(this, claim, buffer);
  }

  /** Describes the memory to a request that moves it. */
  void describe(long lease, long address, BufferSink sink) {
    sink.put(lease, Lending.with(memory, address, memory.readOnly()));
  }

  long address() {
    return memory.address();
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
  public void lend(PinOwner target, LongConsumer keep, BufferSink sink) {
    Lending.lend(
        claim,
        0,
        memory.address(),
        target,
        keep,
        (lease, address) -> sink.put(lease, Lending.with(memory, address, memory.readOnly())));
  }

  @Override
  public String format() {
    return format.letters();
  }

  @Override
  public int itemSizeBytes() {
    return memory.itemSizeBytes();
  }

  @Override
  public ByteOrder order() {
    return format.order();
  }

  @Override
  public long[] shape() {
    return memory.shape().clone();
  }

  @Override
  public long[] strides() {
    return memory.strides().clone();
  }

  @Override
  public boolean isContiguous() {
    long step = memory.itemSizeBytes();
    boolean fits = true;
    for (int i = memory.shape().length - 1; i >= 0; i--) {
      long length = memory.shape()[i];
      if (length == 0) {
        return true;
      }
      fits &= length == 1 || memory.strides()[i] == step;
      step *= length;
    }
    return fits;
  }

  @Override
  public SharedBuffer buffer() {
    claim.requireOpen();
    if (!isContiguous()) {
      throw new IllegalStateException(
          ("The array of shape %s has strides %s and so no flat buffer:"
                  + " copy it in Python first, or read it with toArray.")
              .formatted(Arrays.toString(memory.shape()), Arrays.toString(memory.strides())));
    }
    return buffer;
  }

  @Override
  public <T> T toArray(Class<T> type) {
    if (!format.fits(type)) {
      throw new NotTransferableException(
          "An array of format '%s' does not fit %s: take %s."
              .formatted(memory.format(), type.getSimpleName(), format.advice()),
          "the array",
          null);
    }
    Lease lease = claim.lend(0);
    try {
      return type.cast(new ElementCopier(memory, format.order()).copy(type.getComponentType()));
    } finally {
      lease.drop();
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void close() {
    claim.close();
    buffer.forget();
    net.clean();
  }

  @Override
  public String toString() {
    return "NdArray[format=%s, shape=%s]"
        .formatted(memory.format(), Arrays.toString(memory.shape()));
  }
}

package dev.ophion.bridge.transfer;

import dev.ophion.Access;
import dev.ophion.Payload;
import dev.ophion.SharedBuffer;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.codec.Tag;
import dev.ophion.bridge.memory.Claim;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.memory.PinOwner;
import dev.ophion.bridge.memory.PinnedBuffer;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A pickled object whose buffers are pinned in the interpreter that dumped it. */
public final class PinnedPayload implements Payload {

  /** What the pickle itself is: carried along if small, else pinned like the buffers. */
  private record InBand(byte @Nullable [] copied, int lease, long address, long sizeBytes) {}

  /** One out-of-band buffer: the engine's BufferKind and the pinned memory. */
  private record OutOfBand(byte kind, int lease, Memory memory) {}

  private final Access access;
  private final InBand inBand;
  private final List<OutOfBand> outOfBand;
  private final Claim claim;
  private final List<PinnedBuffer> buffers = new ArrayList<>();
  private final long outOfBandBytes;
  private final Cleaner.Cleanable net;

  private PinnedPayload(
      Access access, InBand inBand, List<OutOfBand> outOfBand, List<Lease> leases) {
    this.access = access;
    this.inBand = inBand;
    this.outOfBand = List.copyOf(outOfBand);
    claim = new Claim("payload", leases);
    long bytes = 0;
    for (OutOfBand part : outOfBand) {
      Memory memory = part.memory();
      bytes += memory.sizeBytes();
      buffers.add(
          new PinnedBuffer(
              this, claim, part.lease(), memory.address(), memory.sizeBytes(), memory.readOnly()));
    }
    outOfBandBytes = bytes;
    net = claim.closeWith(this);
  }

  /**
   * Reads what a dump gave; see {@code transfer.h}.
   *
   * @param reply little-endian, positioned at the payload
   * @param owner the interpreter that dumped
   * @param access what receivers may do
   * @return the payload, which owns the pins; the caller closes it
   */
  public static PinnedPayload read(ByteBuffer reply, PinOwner owner, Access access) {
    List<Lease> leases = new ArrayList<>();
    InBand inBand = readInBand(reply, owner, leases);
    int count = reply.getInt();
    List<OutOfBand> outOfBand = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte kind = reply.get();
      long pin = reply.getLong();
      Memory memory = readMemory(reply);
      outOfBand.add(new OutOfBand(kind, leases.size(), memory));
      leases.add(LeaseTable.ofPython(owner, pin, memory.sizeBytes()));
    }
    return new PinnedPayload(access, inBand, outOfBand, leases);
  }

  private static InBand readInBand(ByteBuffer reply, PinOwner owner, List<Lease> leases) {
    if (reply.get() == 0) {
      byte[] copied = new byte[(int) reply.getLong()];
      reply.get(copied);
      return new InBand(copied, -1, 0, copied.length);
    }
    long pin = reply.getLong();
    InBand pinned = new InBand(null, leases.size(), reply.getLong(), reply.getLong());
    leases.add(LeaseTable.ofPython(owner, pin, pinned.sizeBytes()));
    return pinned;
  }

  static Memory readMemory(ByteBuffer reply) {
    long address = reply.getLong();
    long sizeBytes = reply.getLong();
    boolean readOnly = reply.get() != 0;
    String format = readFormat(reply);
    int itemSize = reply.getInt();
    int dimensions = reply.getInt();
    long[] shape = longs(reply, dimensions);
    return new Memory(
        address, sizeBytes, readOnly, format, itemSize, shape, longs(reply, dimensions));
  }

  /** Always a text of bytes: the engine writes formats as Latin-1. */
  private static String readFormat(ByteBuffer reply) {
    byte tag = reply.get();
    if (tag != Tag.STR8) {
      throw new IllegalStateException("The reply has the tag " + tag + " where a format stands.");
    }
    byte[] latin1 = new byte[reply.getInt()];
    reply.get(latin1);
    return new String(latin1, StandardCharsets.ISO_8859_1);
  }

  private static long[] longs(ByteBuffer reply, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = reply.getLong();
    }
    return values;
  }

  /**
   * Lends the payload to an interpreter for the length of a load, and writes it.
   *
   * @param target the interpreter
   * @param keep takes the numbers of leases that are to be dropped with {@link LeaseTable#drop}
   *     when the request has been carried out
   * @param request where the payload goes
   * @throws IllegalStateException if the payload is closed
   */
  public void lend(PinOwner target, LongConsumer keep, Encoder request) {
    claim.requireOpen();
    if (inBand.copied() != null) {
      request.u8(0);
      request.u64(inBand.sizeBytes());
      request.raw(inBand.copied());
    } else {
      request.u8(1);
      Lending.lend(
          claim,
          inBand.lease(),
          target,
          keep,
          lease -> {
            request.u64(lease);
            request.u64(inBand.address());
            request.u64(inBand.sizeBytes());
          });
    }
    request.u32(outOfBand.size());
    for (OutOfBand part : outOfBand) {
      lend(part, target, keep, request);
    }
  }

  private void lend(OutOfBand part, PinOwner target, LongConsumer keep, Encoder request) {
    Memory memory = part.memory();
    boolean readOnly = memory.readOnly() || access == Access.READ_ONLY;
    request.u8(part.kind());
    Lending.lend(
        claim,
        part.lease(),
        target,
        keep,
        lease -> {
          request.u64(lease);
          request.memory(Lending.with(memory, readOnly));
        });
  }

  @Override
  public List<SharedBuffer> buffers() {
    claim.requireOpen();
    return List.copyOf(buffers);
  }

  @Override
  public long inBandBytes() {
    return inBand.sizeBytes();
  }

  @Override
  public long outOfBandBytes() {
    return outOfBandBytes;
  }

  @Override
  public Access access() {
    return access;
  }

  @Override
  public void close() {
    claim.close();
    buffers.forEach(PinnedBuffer::forget);
    net.clean();
  }

  @Override
  public String toString() {
    return "Payload[inBandBytes=%d, buffers=%d, outOfBandBytes=%d]"
        .formatted(inBandBytes(), buffers.size(), outOfBandBytes);
  }
}

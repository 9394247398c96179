package dev.ophion.bridge.transfer;

import dev.ophion.Access;
import dev.ophion.Payload;
import dev.ophion.SharedBuffer;
import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.memory.Claim;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.MemoryOwner;
import dev.ophion.bridge.memory.PinnedBuffer;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A pickled object whose buffers are pinned in the interpreter that dumped it. */
public final class PinnedPayload implements Payload {

  /** What the pickle itself is: carried along if small, else pinned like the buffers. */
  private record InBand(byte @Nullable [] copied, int lease, long address, long sizeBytes) {}

  /** One out-of-band buffer: the engine's BufferKind and the pinned memory. */
  private record OutOfBand(byte kind, int lease, Memory memory) {}

  /** Memory that no lease has yet. */
  private record Pin(long number, long sizeBytes) {}

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
   * @param reply positioned at the payload
   * @param access what receivers may do
   * @param adopter takes the pins over from the reply
   * @return the payload, which owns the pins; the caller closes it
   */
  public static PinnedPayload read(Decoder reply, Access access, Adopter adopter) {
    List<Pin> pins = new ArrayList<>();
    InBand inBand = readInBand(reply, pins);
    int count = reply.u32();
    List<OutOfBand> outOfBand = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte kind = (byte) reply.u8();
      long pin = reply.u64();
      Memory memory = reply.memory();
      outOfBand.add(new OutOfBand(kind, pins.size(), memory));
      pins.add(new Pin(pin, memory.sizeBytes()));
    }
    Lease[] leases = new Lease[pins.size()];
    for (int i = 0; i < leases.length; i++) {
      Pin pin = pins.get(i);
      leases[i] = adopter.adoptPin(pin.number(), pin.sizeBytes());
    }
    return new PinnedPayload(access, inBand, outOfBand, List.of(leases));
  }

  private static InBand readInBand(Decoder reply, List<Pin> pins) {
    if (reply.u8() == 0) {
      byte[] copied = reply.raw((int) reply.u64());
      return new InBand(copied, -1, 0, copied.length);
    }
    long pin = reply.u64();
    InBand pinned = new InBand(null, pins.size(), reply.u64(), reply.u64());
    pins.add(new Pin(pin, pinned.sizeBytes()));
    return pinned;
  }

  /**
   * Lends the payload to an interpreter for the length of a load, and writes it.
   *
   * @param target the interpreter
   * @param keep takes over counts, to be dropped when the request has been carried out
   * @param request where the payload goes
   * @throws IllegalStateException if the payload is closed
   */
  public void lend(MemoryOwner target, Consumer<Lease> keep, Encoder request) {
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

  private void lend(OutOfBand part, MemoryOwner target, Consumer<Lease> keep, Encoder request) {
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

package dev.ophion.bridge.engine;

import dev.ophion.NotTransferableException;
import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.NoReferences;
import dev.ophion.bridge.codec.Scratch;
import dev.ophion.natives.Host;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runtime's own requests: plain values in and out, made and carried out on one thread. Used on
 * the carrier, attached, or by a visitor. Not thread-safe.
 */
public final class EngineCalls {

  private final long address;
  private final boolean outside;
  private final Scratch scratch = new Scratch();
  private final Encoder encoder = new Encoder(scratch, NoReferences.INSTANCE);
  private final Decoder decoder = new Decoder(NoReferences.INSTANCE);

  /** How many handles were released one by one. */
  private long releasedHandles;

  private boolean droppedHandles;

  /** For the carrier. */
  public EngineCalls(long address) {
    this(address, false);
  }

  private EngineCalls(long address, boolean outside) {
    this.address = address;
    this.outside = outside;
  }

  /** For a visitor: every request waits for the GIL and makes a thread state for itself. */
  public static EngineCalls fromOutside(long address) {
    return new EngineCalls(address, true);
  }

  public long address() {
    return address;
  }

  public @Nullable Object call(String function, Object... arguments) {
    begin(Op.OWN_CALL);
    encoder.str(function, "function");
    encoder.u32(arguments.length);
    for (Object argument : arguments) {
      encoder.value(argument, "argument");
    }
    encoder.u32(0);
    return carryOut();
  }

  public long number(String function, Object... arguments) {
    return (Long) required(call(function, arguments));
  }

  public void exec(String source, String fileName) {
    begin(Op.EXEC);
    encoder.str(source, "the source");
    encoder.str(fileName, "the file name");
    carryOut();
  }

  /** Drops references: the numbers of handles, and from {@code pins} on those of pins. */
  public void release(long[] numbers, int pins, int count) {
    begin(Op.RELEASE);
    putAll(numbers, 0, pins);
    putAll(numbers, pins, count);
    carryOut();
    releasedHandles += pins;
  }

  /** Drops what Java holds; nobody can use it after the close. */
  public void dropHandles() {
    if (!droppedHandles) {
      Unowned.handlesMade(releasedHandles + count(0));
      droppedHandles = true;
    }
    begin(Op.DROP_HANDLES);
    carryOut();
  }

  /** Whether all handles have been dropped. */
  public boolean hasDroppedHandles() {
    return droppedHandles;
  }

  /** Drops what replies hold that nobody has read. */
  public void dropPins() {
    Unowned.pinsDropped(pins());
    begin(Op.DROP_PINS);
    carryOut();
  }

  /** How many buffers of this interpreter are lent. */
  public long pins() {
    return count(1);
  }

  /** How many buffers of others this interpreter uses. */
  public long exporters() {
    return count(2);
  }

  private long count(int index) {
    begin(Op.COUNTS);
    return (Long) ((List<?>) required(carryOut())).get(index);
  }

  /** Interrupts the user's call that runs, if there is one; nothing else is ever hit. */
  public boolean interrupt() {
    begin(Op.INTERRUPT);
    return (Boolean) required(carryOut());
  }

  private void begin(Op op) {
    encoder.begin();
    encoder.u8(op.code());
  }

  private void putAll(long[] numbers, int from, int to) {
    encoder.u32(to - from);
    for (int i = from; i < to; i++) {
      encoder.u64(numbers[i]);
    }
  }

  private @Nullable Object carryOut() {
    long size =
        outside
            ? Host.invokeFromOutside(
                address, scratch.address(), encoder.size(), scratch.capacityBytes())
            : Host.invoke(address, scratch.address(), encoder.size(), scratch.capacityBytes());
    if (size != Reply.ELSEWHERE) {
      return read(Reply.in(scratch, size));
    }
    ByteBuffer place = scratch.buffer().clear();
    long elsewhere = place.getLong(0);
    try {
      return read(Reply.at(elsewhere, place.getLong(8)));
    } finally {
      Host.releaseReply(elsewhere);
    }
  }

  private @Nullable Object read(Reply reply) {
    decoder.begin(reply.content());
    return decoder.value();
  }

  private static <T> T required(@Nullable T value) {
    if (value == null) {
      throw new NotTransferableException("the engine gave no value", "", null);
    }
    return value;
  }
}

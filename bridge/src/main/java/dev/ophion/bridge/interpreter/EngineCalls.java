package dev.ophion.bridge.interpreter;

import dev.ophion.NotTransferableException;
import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.Scratch;
import dev.ophion.natives.Host;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runtime's own requests: plain values in and out, made and carried out on one thread. Used on
 * the carrier, attached, or by a visitor. Not thread-safe.
 */
final class EngineCalls {

  private final long address;
  private final boolean outside;
  private final Scratch scratch = new Scratch();
  private final Encoder encoder = new Encoder(scratch, NoReferences.INSTANCE);
  private final Decoder decoder = new Decoder(NoReferences.INSTANCE);

  /** For the carrier. */
  EngineCalls(long address) {
    this(address, false);
  }

  private EngineCalls(long address, boolean outside) {
    this.address = address;
    this.outside = outside;
  }

  /** For a visitor: every request waits for the GIL and makes a thread state for itself. */
  static EngineCalls fromOutside(long address) {
    return new EngineCalls(address, true);
  }

  long address() {
    return address;
  }

  @Nullable Object call(String function, Object... arguments) {
    begin(Op.OWN_CALL);
    encoder.str(function, "function");
    encoder.u32(arguments.length);
    for (Object argument : arguments) {
      encoder.value(argument, "argument");
    }
    encoder.u32(0);
    return carryOut();
  }

  long number(String function, Object... arguments) {
    return (Long) required(call(function, arguments));
  }

  void exec(String source, String fileName) {
    begin(Op.EXEC);
    encoder.str(source, "the source");
    encoder.str(fileName, "the file name");
    carryOut();
  }

  void release(long[] handles, long[] pins) {
    begin(Op.RELEASE);
    putAll(handles);
    putAll(pins);
    carryOut();
  }

  /** Drops what Java holds; nobody can use it after the close. */
  void dropHandles() {
    begin(Op.DROP_HANDLES);
    carryOut();
  }

  /** How many buffers of this interpreter are lent. */
  long pins() {
    begin(Op.COUNTS);
    return (Long) ((List<?>) required(carryOut())).get(1);
  }

  /** How many buffers of others this interpreter uses. */
  long exporters() {
    begin(Op.COUNTS);
    return (Long) ((List<?>) required(carryOut())).get(2);
  }

  /** Interrupts the user's call that runs, if there is one; nothing else is ever hit. */
  boolean interrupt() {
    begin(Op.INTERRUPT);
    return (Boolean) required(carryOut());
  }

  private void begin(Op op) {
    encoder.begin();
    encoder.u8(op.code());
  }

  private void putAll(long[] numbers) {
    encoder.u32(numbers.length);
    for (long number : numbers) {
      encoder.u64(number);
    }
  }

  private @Nullable Object carryOut() {
    long size =
        outside
            ? Host.invokeFromOutside(
                address, scratch.address(), encoder.size(), scratch.capacityBytes())
            : Host.invoke(address, scratch.address(), encoder.size(), scratch.capacityBytes());
    try (Reply reply = new Reply(scratch, size)) {
      decoder.begin(reply.content());
      return decoder.value();
    }
  }

  private static <T> T required(@Nullable T value) {
    if (value == null) {
      throw new NotTransferableException("the engine gave no value", "", null);
    }
    return value;
  }
}

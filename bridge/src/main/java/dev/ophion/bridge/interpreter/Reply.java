package dev.ophion.bridge.interpreter;

import dev.ophion.NotTransferableException;
import dev.ophion.OphionException;
import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Scratch;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the engine left for a request, in memory of somebody else. See {@code wire.h}. */
final class Reply {

  /** What {@code invoke} returns if the reply's address and size stand where it should be. */
  static final long ELSEWHERE = -1;

  /** The bytes of that address and that size. */
  static final int PLACE_BYTES = 16;

  private static final int VALUE = 0;
  private static final int RAISED = 1;
  private static final int REFERRING = 3;

  private final long address;
  private final long size;

  /** Null if it is longer than a buffer. */
  private final @Nullable ByteBuffer whole;

  private Reply(long address, long size, @Nullable ByteBuffer whole) {
    this.address = address;
    this.size = size;
    this.whole = whole;
  }

  /** At the start of a scratch, where an engine without memory leaves nothing. */
  static Reply in(Scratch scratch, long size) {
    if (size == 0) {
      throw new OphionException("CPython has no memory for a thread state.");
    }
    return new Reply(scratch.address(), size, scratch.buffer().clear().limit((int) size));
  }

  static Reply at(long address, long size) {
    return new Reply(address, size, size > Integer.MAX_VALUE ? null : Scratch.view(address, size));
  }

  long address() {
    return address;
  }

  long size() {
    return size;
  }

  /** Whether there may be something in it that has to be given back. */
  boolean refers() {
    return whole == null || whole.get(0) == REFERRING;
  }

  /** Returns what follows the status, or throws what Python raised. */
  ByteBuffer content() {
    ByteBuffer content = whole;
    if (content == null) {
      throw new NotTransferableException(
          "The result takes %d bytes as a value, more than 2 GiB: use dump(), which shares memory."
              .formatted(size),
          "result",
          null);
    }
    int status = content.get();
    if (status == VALUE || status == REFERRING) {
      return content;
    }
    Decoder decoder = new Decoder(NoReferences.INSTANCE);
    decoder.begin(content);
    if (status == RAISED) {
      throw PythonFailures.of(Objects.requireNonNull(decoder.value()));
    }
    String message = String.valueOf(decoder.value());
    String path = String.valueOf(decoder.value());
    String place = path.isEmpty() ? "the value" : path;
    throw new NotTransferableException(place + " cannot cross: " + message, place, null);
  }
}

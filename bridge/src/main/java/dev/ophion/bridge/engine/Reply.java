package dev.ophion.bridge.engine;

import dev.ophion.InterpreterClosedException;
import dev.ophion.NotTransferableException;
import dev.ophion.OphionException;
import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.NoReferences;
import dev.ophion.bridge.codec.Scratch;
import dev.ophion.bridge.failure.PythonFailures;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the engine left for a request, in memory of somebody else. See {@code wire.h}. */
public final class Reply {

  /** What {@code invoke} returns if the reply's address and size stand where it should be. */
  public static final long ELSEWHERE = -1;

  /** The bytes of that address and that size. */
  public static final int PLACE_BYTES = 16;

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
  public static Reply in(Scratch scratch, long size) {
    if (size == 0) {
      throw new OphionException("CPython has no memory for a thread state.");
    }
    return new Reply(scratch.address(), size, scratch.buffer().clear().limit((int) size));
  }

  public static Reply at(long address, long size) {
    return new Reply(address, size, size > Integer.MAX_VALUE ? null : Scratch.view(address, size));
  }

  public long address() {
    return address;
  }

  public long size() {
    return size;
  }

  /** Whether there may be something in it that has to be given back. */
  public boolean refers() {
    return whole == null || whole.get(0) == Status.REFERRING;
  }

  /**
   * Returns what follows the status, or throws what came instead of a value.
   *
   * @throws InterpreterClosedException if the end has begun, without the interpreter's name
   */
  public ByteBuffer content() {
    ByteBuffer content = whole;
    if (content == null) {
      throw new NotTransferableException(
          "The result takes %d bytes as a value, more than 2 GiB: use dump(), which shares memory."
              .formatted(size),
          "result",
          null);
    }
    int status = content.get();
    if (status == Status.VALUE || status == Status.REFERRING) {
      return content;
    }
    throw failure(status, content);
  }

  private static OphionException failure(int status, ByteBuffer content) {
    Decoder decoder = new Decoder(NoReferences.INSTANCE);
    decoder.begin(content);
    return switch (status) {
      case Status.RAISED -> PythonFailures.of(Objects.requireNonNull(decoder.value()));
      case Status.NOT_TRANSFERABLE -> notTransferable(decoder);
      case Status.ENDING -> new InterpreterClosedException("The interpreter is ending.");
      default -> new OphionException("A reply of the status %d.".formatted(status));
    };
  }

  private static NotTransferableException notTransferable(Decoder decoder) {
    String message = String.valueOf(decoder.value());
    String path = String.valueOf(decoder.value());
    String place = path.isEmpty() ? "the value" : path;
    return new NotTransferableException(place + " cannot cross: " + message, place, null);
  }
}

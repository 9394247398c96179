package dev.ophion.bridge.interpreter;

import dev.ophion.NotTransferableException;
import dev.ophion.OphionException;
import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Scratch;
import dev.ophion.natives.Host;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What the engine left in scratch memory, or elsewhere if it did not fit. See {@code wire.h}.
 * Confined to one thread at a time; closing frees memory elsewhere.
 */
final class Reply implements AutoCloseable {

  private static final long ELSEWHERE = -1;

  private static final int VALUE = 0;
  private static final int RAISED = 1;

  private final ByteBuffer content;
  private long elsewhere;

  Reply(Scratch scratch, long size) {
    if (size == 0) {
      throw new OphionException("CPython has no memory for a thread state.");
    }
    if (size != ELSEWHERE) {
      content = scratch.buffer().clear().limit((int) size);
      return;
    }
    ByteBuffer place = scratch.buffer().clear();
    elsewhere = place.getLong(0);
    long elsewhereSize = place.getLong(8);
    if (elsewhereSize > Integer.MAX_VALUE) {
      close();
      throw new NotTransferableException(
          "The result takes %d bytes as a value, more than 2 GiB: use dump(), which shares memory."
              .formatted(elsewhereSize),
          "result",
          null);
    }
    content = Scratch.view(elsewhere, elsewhereSize);
  }

  /** Returns what follows the status, or throws what Python raised. */
  ByteBuffer content() {
    int status = content.get();
    if (status == VALUE) {
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

  @Override
  public void close() {
    if (elsewhere != 0) {
      Host.releaseReply(elsewhere);
      elsewhere = 0;
    }
  }
}

package dev.ophion.bridge.interpreter;

import dev.ophion.Access;
import dev.ophion.NdArray;
import dev.ophion.OphionException;
import dev.ophion.Payload;
import dev.ophion.PythonException;
import dev.ophion.PythonObject;
import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.Scratch;
import dev.ophion.bridge.transfer.PinnedArray;
import dev.ophion.bridge.transfer.PinnedPayload;
import dev.ophion.natives.Host;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One request of a user and its reply. The submitter writes the request, the carrier has it carried
 * out, the submitter reads the reply and closes; if it gave up, the carrier has the rest cleaned
 * up.
 */
class Exchange extends Call implements AutoCloseable {

  private final HostedInterpreter interpreter;
  private final Bound bound;
  private final Workspace workspace;
  private final CallReferences references;
  private final Op op;
  private long requestAddress;
  private long requestSize;
  private long requestCapacity;
  private long replySize;
  private boolean carriedOut;
  private boolean closed;
  private @Nullable Reply reply;
  private @Nullable Runnable whenDone;
  private @Nullable Object end;

  /** Takes over what it is bound to. */
  Exchange(HostedInterpreter interpreter, Bound bound, Op op) {
    this.interpreter = interpreter;
    this.bound = bound;
    this.op = op;
    workspace = bound.workspace();
    references = bound.references();
    workspace.encoder().u8(op.code());
  }

  HostedInterpreter interpreter() {
    return interpreter;
  }

  Encoder request() {
    return workspace.encoder();
  }

  CallReferences references() {
    return references;
  }

  @Override
  void perform(Carrier carrier) {
    try {
      replySize = Host.invoke(carrier.address(), requestAddress, requestSize, requestCapacity);
    } finally {
      Reference.reachabilityFence(this);
    }
    carriedOut = true;
  }

  /**
   * Ends the writing of the request. What the carrier needs is kept here, so that it does not fetch
   * the encoder's and the buffer's cache lines from the submitter's core as well.
   */
  Exchange seal() {
    Scratch scratch = workspace.scratch();
    requestAddress = scratch.address();
    requestSize = workspace.encoder().size();
    requestCapacity = scratch.capacityBytes();
    return this;
  }

  Bound bound() {
    return bound;
  }

  long requestSize() {
    return requestSize;
  }

  /** Takes the reply that {@link Host#invoke} has left in the scratch. */
  void replied(long size) {
    replySize = size;
    carriedOut = true;
  }

  /** Runs something on the carrier when it is done. Before it is handed over. */
  void whenDone(Runnable action) {
    whenDone = action;
  }

  /** Makes the end of an iterator come back as this value. Before it is handed over. */
  Exchange endingWith(Object value) {
    end = value;
    return this;
  }

  @Override
  void finished() {
    if (whenDone != null) {
      whenDone.run();
    }
  }

  /** The result in a wanted class, or throws what came instead. After the end. */
  @Nullable Object value(Class<?> type) {
    ByteBuffer content = content();
    Decoder decoder = workspace.decoder();
    decoder.begin(content, references);
    if (end != null && decoder.stop()) {
      return end;
    }
    return decoder.value(type, "result");
  }

  /** The reply's content behind its status, or throws what came instead. After the end. */
  ByteBuffer content() {
    try {
      return opened().content();
    } catch (PythonException raised) {
      throw interpreter.explain(raised);
    }
  }

  private Reply opened() {
    throwFailure();
    if (!carriedOut || reply != null) {
      throw new OphionException("A reply can be read once, after its call.");
    }
    Reply open = new Reply(workspace.scratch(), replySize);
    reply = open;
    return open;
  }

  /** What a dump gave. After the end. */
  Payload payload(Access access) {
    return PinnedPayload.read(content(), interpreter, access);
  }

  /** What a take gave. After the end. */
  NdArray taken() {
    return PinnedArray.readTaken(content(), interpreter);
  }

  @Override
  void discarded() {
    // Decoding makes handles and arrays of what came back; those inside of others are given back by
    // their cleaners.
    Completions.EXECUTOR.execute(
        () -> {
          try (this) {
            if (carriedOut) {
              giveBack(result());
            }
          } catch (RuntimeException failure) {
            // What it threw was for the submitter, who is gone.
          }
        });
  }

  private @Nullable Object result() {
    return switch (op) {
      case DUMP -> payload(Access.READ_ONLY);
      case TAKE -> taken();
      default -> value(Object.class);
    };
  }

  /** Closes a result that nobody takes. */
  static void giveBack(@Nullable Object result) {
    if (result instanceof Payload payload) {
      payload.close();
    } else if (result instanceof NdArray array) {
      array.close();
    } else if (result instanceof PythonObject handle) {
      handle.close();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (reply != null) {
      reply.close();
    }
    interpreter.unbind(bound);
  }
}

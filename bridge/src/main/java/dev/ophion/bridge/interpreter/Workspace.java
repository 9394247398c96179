package dev.ophion.bridge.interpreter;

import dev.ophion.bridge.codec.Decoder;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.Scratch;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Scratch memory with its encoder and decoder, kept for the next request. Confined to one request
 * at a time; the store is thread-safe.
 *
 * @param scratch the memory
 * @param encoder writes into it
 * @param decoder reads what came back
 */
record Workspace(Scratch scratch, Encoder encoder, Decoder decoder) {

  private static final MpmcVarHandleArrayQueue<Workspace> STORE = new MpmcVarHandleArrayQueue<>(64);

  static Workspace take(CallReferences references) {
    @Nullable Workspace stored = STORE.poll();
    if (stored == null) {
      Scratch scratch = new Scratch();
      return new Workspace(scratch, new Encoder(scratch, references), new Decoder(references));
    }
    stored.encoder.begin(references);
    return stored;
  }

  void giveBack() {
    encoder.begin(NoReferences.INSTANCE);
    STORE.offer(this);
  }
}

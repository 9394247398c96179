package dev.ophion.bridge.call;

import dev.ophion.bridge.codec.Block;
import dev.ophion.bridge.codec.Scratch;
import dev.ophion.bridge.engine.Reply;
import dev.ophion.natives.Host;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a call has with it while it waits in the queue: its request, in just the memory that this
 * takes, and what its arguments refer to; then its reply. Confined to one thread at a time.
 */
final class Parcel implements AutoCloseable {

  /** Up to here a reply in a large block is copied, and the block given back at once. */
  private static final int MOST_COPIED_BYTES = 1 << 16;

  private byte @Nullable [] bytes;
  private @Nullable Block block;
  private int size;
  private @Nullable Held held;

  /** Where the engine left the reply, if not in bytes. */
  private long elsewhere;

  private long elsewhereSize;

  /** Takes over what was written into a workspace, which is free afterwards. */
  void fill(Workspace workspace) {
    Scratch scratch = workspace.scratch();
    size = workspace.encoder().size();
    if (!scratch.isLarge()) {
      byte[] copy = new byte[size];
      scratch.buffer().get(0, copy);
      bytes = copy;
    }
    held = workspace.references().detach();
    block = scratch.giveAway();
  }

  /** Has the request carried out and takes the reply. On the carrier, attached. */
  void carryOut(long interpreter, Scratch scratch) {
    if (block != null) {
      ByteBuffer place = Scratch.view(block.address(), block.sizeBytes());
      long replySize = Host.invoke(interpreter, block.address(), size, block.sizeBytes());
      keep(interpreter, block.address(), place, replySize);
    } else if (bytes != null) {
      scratch.reserve(size);
      ByteBuffer place = scratch.buffer();
      place.put(0, bytes);
      bytes = null;
      long replySize = Host.invoke(interpreter, scratch.address(), size, scratch.capacityBytes());
      keep(interpreter, scratch.address(), place, replySize);
    }
  }

  private void keep(long interpreter, long address, ByteBuffer place, long replySize) {
    size = 0;
    if (replySize == Reply.ELSEWHERE) {
      elsewhere = place.getLong(0);
      elsewhereSize = place.getLong(8);
    } else if (block != null && replySize > MOST_COPIED_BYTES) {
      size = (int) replySize;
      return;
    } else {
      try {
        byte[] reply = new byte[(int) replySize];
        place.get(0, reply);
        bytes = reply;
        size = reply.length;
      } catch (Throwable failure) {
        Host.dropReply(interpreter, address, replySize, 0);
        throw failure;
      }
    }
    closeBlock();
  }

  /** Sees the reply; what lies in bytes is put into the scratch. */
  Reply reply(Scratch scratch) {
    if (elsewhere != 0) {
      return Reply.at(elsewhere, elsewhereSize);
    }
    if (block != null) {
      return Reply.at(block.address(), size);
    }
    scratch.reserve(size);
    ByteBuffer place = scratch.buffer();
    if (bytes != null) {
      place.put(0, bytes);
    }
    return Reply.in(scratch, size);
  }

  @Override
  public void close() {
    bytes = null;
    closeBlock();
    if (elsewhere != 0) {
      Host.releaseReply(elsewhere);
      elsewhere = 0;
    }
    if (held != null) {
      held.close();
      held = null;
    }
  }

  private void closeBlock() {
    if (block != null) {
      block.close();
      block = null;
    }
  }
}

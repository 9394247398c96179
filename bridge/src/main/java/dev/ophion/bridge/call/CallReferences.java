package dev.ophion.bridge.call;

import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.Payload;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.bridge.codec.BufferSink;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.Loan;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.codec.References;
import dev.ophion.bridge.memory.DirectMemory;
import dev.ophion.bridge.memory.Lease;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.transfer.Adopter;
import dev.ophion.bridge.transfer.Moving;
import dev.ophion.bridge.transfer.PinnedArray;
import dev.ophion.bridge.transfer.PinnedPayload;
import java.nio.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one request and its reply refer to, bound to an interpreter. Confined to one thread at a
 * time.
 *
 * <p><b>Ownership:</b> holds what the request names until it is closed, or {@linkplain #detach
 * detached} for as long as the request waits. What a reply refers to belongs to the reply until it
 * is {@linkplain #adopted counted} as adopted.
 */
final class CallReferences implements References, AutoCloseable, Adopter {

  private @Nullable Target interpreter;

  /** Whether the request is made on the carrier, which gives no handle back before it is over. */
  private boolean isNested;

  private Held held = new Held();
  private boolean awaited;
  private @Nullable Moving moving;
  private int adopted;

  /** Adopted of the reply, and in nobody's hands yet who gives it back. */
  private @Nullable Lease[] making = new Lease[1];

  private int makingCount;

  /** Says whose requests it is for. */
  void bind(Target target, boolean onCarrier) {
    if (interpreter != target) {
      interpreter = target;
    }
    isNested = onCarrier;
  }

  private Target target() {
    Target target = interpreter;
    if (target == null) {
      throw new IllegalStateException("a request without an interpreter");
    }
    return target;
  }

  /** Gives away what the request has taken out, or {@code null} if that is nothing. */
  @Nullable Held detach() {
    if (held.isEmpty()) {
      return null;
    }
    Held next = new Held();
    Held all = held;
    held = next;
    return all;
  }

  /** Writes a payload into a request. */
  void lend(Payload payload, Encoder request) {
    if (!(payload instanceof PinnedPayload pinned)) {
      throw foreign(payload, "payload");
    }
    pinned.lend(target(), held::keep, request);
  }

  @Override
  public long handleOf(PythonObject object) {
    if (!(object instanceof Handle handle)) {
      throw foreign(object, "handle");
    }
    return hold(handle);
  }

  @Override
  public long handleOf(PythonFunction function) {
    if (!(function instanceof Handle handle)) {
      throw foreign(function, "function");
    }
    return hold(handle);
  }

  /** Returns the number of a handle, which stays valid until the request is over. */
  private long hold(Handle handle) {
    HandleClaim claim = handle.claimFor(target());
    if (!isNested) {
      held.keep(claim);
    }
    return claim.id();
  }

  @Override
  public PythonObject handle(long id, String typeName) {
    PythonObject handle = target().newHandle(id, typeName);
    adopted++;
    return handle;
  }

  @Override
  public Loan lend(Buffer memory) {
    long sizeBytes = (long) memory.remaining() * DirectMemory.itemSizeBytes(memory);
    Lease lease = LeaseTable.ofJava(memory, sizeBytes, held::keep);
    return new Loan(lease.id(), DirectMemory.addressOf(memory));
  }

  @Override
  public void lend(NdArray array, BufferSink sink) {
    if (!(array instanceof PinnedArray pinned)) {
      throw foreign(array, "array");
    }
    if (moving != null && moving.isOf(array)) {
      moving.lend(target(), held::keep, sink);
    } else {
      pinned.lend(target(), held::keep, sink);
    }
  }

  /** Says that the caller waits, and so that arrays may be read when the call runs. */
  void awaited() {
    awaited = true;
  }

  @Override
  public long hold(Object array) {
    return awaited ? held.keepArray(array) : 0;
  }

  /** Begins to move an array. */
  static Moving beginMove(NdArray array) {
    if (!(array instanceof PinnedArray pinned)) {
      throw foreign(array, "array");
    }
    return pinned.beginMove();
  }

  /** Says which array the request moves. */
  void moving(Moving move) {
    moving = move;
  }

  @Override
  public NdArray array(long pin, Memory memory) {
    NdArray array = PinnedArray.of(adoptPin(pin, memory.sizeBytes()), memory);
    made();
    return array;
  }

  @Override
  public Lease adoptPin(long pin, long sizeBytes) {
    ensureRoom();
    Lease lease = LeaseTable.ofPython(target(), pin, sizeBytes);
    making[makingCount++] = lease;
    adopted++;
    return lease;
  }

  @Override
  public Lease adoptCount(long number) {
    ensureRoom();
    Lease lease = LeaseTable.get(number);
    making[makingCount++] = lease;
    adopted++;
    return lease;
  }

  /** From now on nothing stands between the reply and who has it but stores. */
  private void ensureRoom() {
    if (makingCount == making.length) {
      making = Arrays.copyOf(making, 2 * makingCount);
    }
  }

  /** Says that an object has what was adopted. */
  void made() {
    for (; makingCount > 0; makingCount--) {
      making[makingCount - 1] = null;
    }
  }

  /** How many references of the reply belong to somebody else. */
  int adopted() {
    return adopted;
  }

  private static NotTransferableException foreign(Object value, String what) {
    return new NotTransferableException(
        "The %s is a %s, which Ophion did not make: pass one that came from an interpreter."
            .formatted(what, value.getClass().getName()),
        "the " + what,
        null);
  }

  @Override
  public void close() {
    adopted = 0;
    for (; makingCount > 0; makingCount--) {
      Lease unmade = making[makingCount - 1];
      if (unmade != null) {
        // An array that was made half-way may have given it back.
        boolean unused = unmade.tryDrop();
      }
      making[makingCount - 1] = null;
    }
    if (!held.isEmpty()) {
      held.close();
    }
    if (moving != null) {
      moving = null;
    }
    awaited = false;
  }
}

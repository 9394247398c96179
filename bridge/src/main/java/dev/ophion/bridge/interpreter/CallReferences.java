package dev.ophion.bridge.interpreter;

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
import dev.ophion.bridge.transfer.Moving;
import dev.ophion.bridge.transfer.PinnedArray;
import dev.ophion.bridge.transfer.PinnedPayload;
import dev.ophion.natives.HeapArrays;
import java.nio.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one request and its reply refer to, bound to an interpreter. Holds the request's leases
 * until it is closed; by then Python holds its own. Confined to one thread at a time.
 */
final class CallReferences implements References, AutoCloseable {

  private static final long[] NONE = {};

  private final HostedInterpreter interpreter;
  private long[] leases = NONE;
  private int count;
  private long[] arrays = NONE;
  private int arrayCount;
  private boolean awaited;
  private @Nullable Moving moving;

  CallReferences(HostedInterpreter interpreter) {
    this.interpreter = interpreter;
  }

  private void keep(long lease) {
    if (count == leases.length) {
      leases = Arrays.copyOf(leases, Math.max(4, 2 * count));
    }
    leases[count++] = lease;
  }

  /** Writes a payload into a request. */
  void lend(Payload payload, Encoder request) {
    if (!(payload instanceof PinnedPayload pinned)) {
      throw foreign(payload, "payload");
    }
    pinned.lend(interpreter, this::keep, request);
  }

  @Override
  public long handleOf(PythonObject object) {
    if (!(object instanceof HostedObject hosted)) {
      throw foreign(object, "handle");
    }
    return hosted.idFor(interpreter);
  }

  @Override
  public long handleOf(PythonFunction function) {
    if (!(function instanceof HostedFunction hosted)) {
      throw foreign(function, "function");
    }
    return hosted.object().idFor(interpreter);
  }

  @Override
  public PythonObject handle(long id, String typeName) {
    return new HostedObject(interpreter, id, typeName);
  }

  @Override
  public Loan lend(Buffer memory) {
    long sizeBytes = (long) memory.remaining() * DirectMemory.itemSizeBytes(memory);
    Lease lease = LeaseTable.ofJava(memory, sizeBytes);
    keep(lease.id());
    return new Loan(lease.id(), DirectMemory.addressOf(memory));
  }

  @Override
  public void lend(NdArray array, BufferSink sink) {
    if (!(array instanceof PinnedArray pinned)) {
      throw foreign(array, "array");
    }
    if (moving != null && moving.isOf(array)) {
      moving.lend(interpreter, this::keep, sink);
    } else {
      pinned.lend(interpreter, this::keep, sink);
    }
  }

  /** Says that the caller waits, and so that arrays may be read when the call runs. */
  void awaited() {
    awaited = true;
  }

  @Override
  public long hold(Object array) {
    if (!awaited) {
      return 0;
    }
    if (arrayCount == arrays.length) {
      arrays = Arrays.copyOf(arrays, Math.max(4, 2 * arrayCount));
    }
    long reference = HeapArrays.hold(array);
    if (reference != 0) {
      arrays[arrayCount++] = reference;
    }
    return reference;
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
    return PinnedArray.of(interpreter, pin, memory);
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
    for (int i = 0; i < count; i++) {
      LeaseTable.drop(leases[i]);
    }
    count = 0;
    for (int i = 0; i < arrayCount; i++) {
      HeapArrays.release(arrays[i]);
    }
    arrayCount = 0;
    awaited = false;
    moving = null;
  }
}

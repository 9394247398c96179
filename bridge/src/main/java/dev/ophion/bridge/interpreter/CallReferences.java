package dev.ophion.bridge.interpreter;

import dev.ophion.NdArray;
import dev.ophion.NotTransferableException;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.bridge.codec.BufferSink;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.Loan;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.codec.References;
import dev.ophion.bridge.memory.LeaseTable;
import dev.ophion.bridge.transfer.PinnedArray;
import dev.ophion.bridge.transfer.PinnedPayload;
import java.nio.Buffer;
import java.util.Arrays;

/**
 * What one request and its reply refer to, bound to an interpreter. Holds the request's leases until
 * it is closed; by then Python holds its own. Confined to one thread at a time.
 */
final class CallReferences implements References, AutoCloseable {

  private static final long[] NONE = {};

  private final HostedInterpreter interpreter;
  private long[] leases = NONE;
  private int count;

  CallReferences(HostedInterpreter interpreter) {
    this.interpreter = interpreter;
  }

  private void keep(long lease) {
    if (count == leases.length) {
      leases = Arrays.copyOf(leases, Math.max(4, 2 * count));
    }
    leases[count++] = lease;
  }
}

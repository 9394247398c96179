package dev.ophion.bridge.interpreter;

import dev.ophion.NdArray;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import dev.ophion.bridge.codec.BufferSink;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.codec.Loan;
import dev.ophion.bridge.codec.Memory;
import dev.ophion.bridge.codec.References;
import dev.ophion.bridge.transfer.PinnedPayload;
import java.nio.Buffer;

final class CallReferences implements References, AutoCloseable {
  private final HostedInterpreter interpreter;

  CallReferences(HostedInterpreter interpreter) {
    this.interpreter = interpreter;
  }

  void lend(PinnedPayload payload, Encoder request) {}

  @Override
  public long handleOf(PythonObject object) {
    return ((HostedObject) object).idFor(interpreter);
  }

  @Override
  public long handleOf(PythonFunction function) {
    return ((HostedFunction) function).object().idFor(interpreter);
  }

  @Override
  public PythonObject handle(long id, String typeName) {
    return new HostedObject(interpreter, id, typeName);
  }

  @Override
  public Loan lend(Buffer memory) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void lend(NdArray array, BufferSink sink) {
    throw new UnsupportedOperationException();
  }

  @Override
  public NdArray array(long pin, Memory memory) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}

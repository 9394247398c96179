package dev.ophion.bridge.codec;

import dev.ophion.NdArray;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import java.nio.Buffer;

/** For requests of the runtime itself, which hold plain values only. Stateless. */
public final class NoReferences implements References {

  public static final NoReferences INSTANCE = new NoReferences();

  private NoReferences() {}

  private static IllegalStateException unexpected() {
    return new IllegalStateException("a request of the runtime itself refers to an object");
  }

  @Override
  public long handleOf(PythonObject object) {
    throw unexpected();
  }

  @Override
  public long handleOf(PythonFunction function) {
    throw unexpected();
  }

  @Override
  public PythonObject handle(long id, String typeName) {
    throw unexpected();
  }

  @Override
  public Loan lend(Buffer memory) {
    throw unexpected();
  }

  @Override
  public long hold(Object array) {
    return 0;
  }

  @Override
  public void lend(NdArray array, BufferSink sink) {
    throw unexpected();
  }

  @Override
  public NdArray array(long pin, Memory memory) {
    throw unexpected();
  }
}

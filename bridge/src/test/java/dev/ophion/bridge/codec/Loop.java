package dev.ophion.bridge.codec;

import dev.ophion.NdArray;
import dev.ophion.PythonFunction;
import dev.ophion.PythonObject;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.nio.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes a value and reads it back without Python. */
final class Loop implements References {

  final Scratch scratch = new Scratch();
  final Encoder encoder = new Encoder(scratch, this);
  final Decoder decoder = new Decoder(this);
  final List<Long> closed = new ArrayList<>();
  final List<Long> made = new ArrayList<>();

  @Nullable Object through(@Nullable Object value) {
    return through(value, Object.class);
  }

  @Nullable Object through(@Nullable Object value, Type wanted) {
    encoder.begin();
    encoder.value(value, "argument 0");
    return readBack(wanted);
  }

  /** Reads what a test wrote by hand. */
  @Nullable Object read(Type wanted, Consumer<Encoder> reply) {
    encoder.begin();
    reply.accept(encoder);
    return readBack(wanted);
  }

  private @Nullable Object readBack(Type wanted) {
    int size = encoder.size();
    decoder.begin(scratch.buffer().position(0).limit(size));
    Object result = decoder.value(wanted, "result");
    if (scratch.buffer().position() != size) {
      throw new AssertionError("read " + scratch.buffer().position() + " of " + size + " bytes");
    }
    return result;
  }

  @Override
  public long handleOf(PythonObject object) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long handleOf(PythonFunction function) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PythonObject handle(long id, String typeName) {
    made.add(id);
    return (PythonObject)
        Proxy.newProxyInstance(
            Loop.class.getClassLoader(),
            new Class<?>[] {PythonObject.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                closed.add(id);
              }
              return null;
            });
  }

  @Override
  public Loan lend(Buffer memory) {
    return new Loan(7, 4096);
  }

  @Override
  public long hold(Object array) {
    return 0;
  }

  @Override
  public void lend(NdArray array, BufferSink sink) {
    throw new UnsupportedOperationException();
  }

  @Override
  public NdArray array(long pin, Memory memory) {
    throw new UnsupportedOperationException();
  }
}

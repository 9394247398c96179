package dev.ophion.bridge.call;

import dev.ophion.NdArray;
import dev.ophion.Payload;
import dev.ophion.PythonObject;
import dev.ophion.bridge.codec.Elements;
import dev.ophion.bridge.codec.Encoder;
import dev.ophion.bridge.engine.Op;
import dev.ophion.bridge.output.CallOutputs;
import dev.ophion.bridge.transfer.Moving;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes and writes users' requests; see {@code Op} in {@code wire.h}. Thread-safe. */
public final class Requests {

  /** The file name of source that has none: the engine makes one of its own. */
  public static final String UNNAMED = "";

  /** Writes what a request has behind its operation. */
  interface Operands {
    void write(Workspace workspace);
  }

  private final Dispatch dispatch;
  private final boolean awaited;
  private final CallOutputs.@Nullable Receiver receiver;

  /** Makes requests of threads that wait for the end of each, or that do not. */
  public Requests(Dispatch dispatch, boolean awaited) {
    this(dispatch, awaited, null);
  }

  private Requests(Dispatch dispatch, boolean awaited, CallOutputs.@Nullable Receiver receiver) {
    this.dispatch = dispatch;
    this.awaited = awaited;
    this.receiver = receiver;
  }

  /** Makes requests whose output goes to this receiver. */
  public Requests capturedBy(CallOutputs.@Nullable Receiver output) {
    return output == null ? this : new Requests(dispatch, awaited, output);
  }

  Dispatch dispatch() {
    return dispatch;
  }

  /** Whether the thread that makes one waits for its end. */
  boolean areAwaited() {
    return awaited;
  }

  public Exchange exec(String source, String fileName) {
    return texts(Op.EXEC, source, "the source", fileName);
  }

  public Exchange exec(Path file) {
    Path absolute = file.toAbsolutePath();
    byte[] source = read(absolute);
    return request(
        Op.EXEC,
        workspace -> {
          Encoder request = workspace.encoder();
          request.value(source, "the source");
          request.str(absolute.toString(), "the file name");
        });
  }

  /** A user's name of a source. */
  public static String requireName(String fileName) {
    if (fileName.isBlank()) {
      throw new IllegalArgumentException(
          "The file name is blank: leave it out, or give the name that tracebacks are to show.");
    }
    return fileName;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "The Python source %s cannot be read: %s".formatted(file, failure), failure);
    }
  }

  public Exchange eval(String expression, String fileName) {
    return texts(Op.EVAL, expression, "the expression", fileName);
  }

  public Exchange named(Op op, String text, String subject) {
    return texts(op, text, subject, null);
  }

  public Exchange set(String name, @Nullable Object value) {
    return request(
        Op.SET,
        workspace -> {
          Encoder request = workspace.encoder();
          request.str(name, "the name");
          request.value(value, "value");
        });
  }

  public Exchange call(String function, @Nullable Object... arguments) {
    return request(
        Op.CALL,
        workspace -> {
          Encoder request = workspace.encoder();
          request.str(function, "the function");
          request.arguments(arguments);
        });
  }

  public Exchange callHandle(PythonObject handle, @Nullable Object... arguments) {
    return request(
        Op.CALL_HANDLE,
        workspace -> {
          Encoder request = workspace.encoder();
          request.handle(handle);
          request.arguments(arguments);
        });
  }

  public Exchange onHandle(Op op, PythonObject handle) {
    return request(op, workspace -> workspace.encoder().handle(handle));
  }

  public Exchange attribute(Op op, PythonObject handle, String name) {
    return request(
        op,
        workspace -> {
          Encoder request = workspace.encoder();
          request.handle(handle);
          request.str(name, "the attribute's name");
        });
  }

  public Exchange setAttribute(PythonObject handle, String name, @Nullable Object value) {
    return request(
        Op.SET_ATTR,
        workspace -> {
          Encoder request = workspace.encoder();
          request.handle(handle);
          request.str(name, "the attribute's name");
          request.value(value, "value");
        });
  }

  public Exchange item(Op op, PythonObject handle, @Nullable Object... operands) {
    return request(
        op,
        workspace -> {
          Encoder request = workspace.encoder();
          request.handle(handle);
          request.value(operands[0], "key");
          if (operands.length > 1) {
            request.value(operands[1], "value");
          }
        });
  }

  /** Begins to move an array; {@link #move} is to follow. */
  public static Moving beginMove(NdArray array) {
    return CallReferences.beginMove(array);
  }

  public Exchange move(String name, Moving moving) {
    return request(
        Op.SET,
        workspace -> {
          workspace.encoder().str(name, "the name");
          workspace.references().moving(moving);
          workspace.encoder().value(moving.array(), "value");
        });
  }

  public Exchange dump(String expression) {
    return named(Op.DUMP, expression, "the expression");
  }

  public Exchange load(String name, Payload payload) {
    return request(
        Op.LOAD,
        workspace -> {
          workspace.encoder().str(name, "the name");
          workspace.references().lend(payload, workspace.encoder());
        });
  }

  private Exchange texts(Op op, String text, String subject, @Nullable String fileName) {
    return request(op, new Texts(text, subject, fileName));
  }

  /** A first call has these, and the first lambda of a JVM takes it milliseconds. */
  private record Texts(String text, String subject, @Nullable String fileName) implements Operands {

    @Override
    public void write(Workspace workspace) {
      workspace.encoder().str(text, subject);
      if (fileName != null) {
        workspace.encoder().str(fileName, "the file name");
      }
    }
  }

  private Exchange request(Op op, Operands operands) {
    return new Exchange(this, op, operands);
  }

  /** Writes one of its requests, whose result is to have a class if one is wanted. */
  void write(Op op, Operands operands, @Nullable Class<?> wanted, Workspace workspace) {
    if (awaited) {
      workspace.references().awaited();
    }
    Encoder request = workspace.encoder();
    CallOutputs.Receiver output = receiver;
    if (output != null) {
      request.u8(Op.CAPTURED.code());
      request.u32(output.number());
      request.u8(output.streams());
    }
    request.u8(op.code());
    operands.write(workspace);
    if (wanted != null && wanted.isArray()) {
      ByteBuffer first = workspace.scratch().buffer();
      first.put(0, Elements.wantedIn(first.get(0), wanted));
    }
  }
}

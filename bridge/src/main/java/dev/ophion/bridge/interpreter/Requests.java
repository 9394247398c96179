package dev.ophion.bridge.interpreter;

import dev.ophion.Payload;
import dev.ophion.bridge.codec.Encoder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes users' requests; see {@code Op} in {@code wire.h}. Stateless. */
final class Requests {

  private Requests() {}

  static Exchange exec(HostedInterpreter interpreter, String source) {
    return write(
        interpreter,
        Op.EXEC,
        request -> {
          request.str(source, "the source");
          request.str("<exec>", "the file name");
        });
  }

  static Exchange named(HostedInterpreter interpreter, Op op, String text, String subject) {
    return write(interpreter, op, request -> request.str(text, subject));
  }

  static Exchange set(HostedInterpreter interpreter, String name, @Nullable Object value) {
    return write(
        interpreter,
        Op.SET,
        request -> {
          request.str(name, "the name");
          request.value(value, "value");
        });
  }

  static Exchange call(
      HostedInterpreter interpreter, String function, @Nullable Object... arguments) {
    return write(
        interpreter,
        Op.CALL,
        request -> {
          request.str(function, "the function");
          request.arguments(arguments);
        });
  }

  static Exchange callHandle(
      HostedInterpreter interpreter, long handle, @Nullable Object... arguments) {
    return write(
        interpreter,
        Op.CALL_HANDLE,
        request -> {
          request.u64(handle);
          request.arguments(arguments);
        });
  }

  static Exchange onHandle(HostedInterpreter interpreter, Op op, long handle) {
    return write(interpreter, op, request -> request.u64(handle));
  }

  static Exchange attribute(HostedInterpreter interpreter, Op op, long handle, String name) {
    return write(
        interpreter,
        op,
        request -> {
          request.u64(handle);
          request.str(name, "the attribute's name");
        });
  }

  static Exchange setAttribute(
      HostedInterpreter interpreter, long handle, String name, @Nullable Object value) {
    return write(
        interpreter,
        Op.SET_ATTR,
        request -> {
          request.u64(handle);
          request.str(name, "the attribute's name");
          request.value(value, "value");
        });
  }

  static Exchange item(
      HostedInterpreter interpreter, Op op, long handle, @Nullable Object... operands) {
    return write(
        interpreter,
        op,
        request -> {
          request.u64(handle);
          request.value(operands[0], "key");
          if (operands.length > 1) {
            request.value(operands[1], "value");
          }
        });
  }

  static Exchange dump(HostedInterpreter interpreter, String expression) {
    return named(interpreter, Op.DUMP, expression, "the expression");
  }

  static Exchange load(HostedInterpreter interpreter, String name, Payload payload) {
    Exchange exchange = write(interpreter, Op.LOAD, request -> request.str(name, "the name"));
    try {
      exchange.references().lend(payload, exchange.request());
      return exchange.seal();
    } catch (RuntimeException | Error failure) {
      exchange.close();
      throw failure;
    }
  }

  private static Exchange write(HostedInterpreter interpreter, Op op, Consumer<Encoder> operands) {
    Exchange exchange = new Exchange(interpreter, op);
    try {
      operands.accept(exchange.request());
      return exchange.seal();
    } catch (RuntimeException | Error failure) {
      exchange.close();
      throw failure;
    }
  }
}

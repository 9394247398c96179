package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test of what crosses from one interpreter to another. */
@ExtendWith(NoLeftovers.class)
abstract class TwoInterpreters {

  protected Interpreter sender;
  protected Interpreter receiver;

  @BeforeEach
  void openBoth() {
    sender = Python.start().newInterpreter("sender");
    receiver = Python.start().newInterpreter("receiver");
  }

  @AfterEach
  void closeBoth() {
    receiver.close();
    sender.close();
  }

  /** Makes the value of the sender's expression the receiver's {@code x}. */
  protected final void move(String expression) {
    move(sender, expression, receiver);
  }

  protected static void move(Interpreter from, String expression, Interpreter to) {
    try (Payload payload = from.dump(expression)) {
      to.load("x", payload);
    }
  }

  /** Asserts that an expression is true at the receiver. */
  protected final void check(String condition) {
    check(receiver, condition);
  }

  protected static void check(Interpreter python, String condition) {
    assertThat(python.eval(condition)).as(condition).isEqualTo(true);
  }
}

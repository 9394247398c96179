package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.NotTransferableException;
import dev.ophion.Python;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which class or function a definition that crosses by value is where it arrives. */
final class DefinitionIdentityTest extends TwoInterpreters {

  @Test
  void class_patchedAfterItsFirstTransfer_changesWhereItWent() {
    sender.exec("class C:\n    old = 1\n    def m(self): return 'first'");
    move(sender, "C()", receiver);
    receiver.exec("first, K = x, type(x)");
    sender.exec("C.m = lambda self: 'second'\nC.new = 5\ndel C.old");
    move(sender, "C()", receiver);
    check(receiver, "type(x) is K and first.m() == 'second'");
    check(receiver, "K.new == 5 and not hasattr(K, 'old')");
  }

  /** Its functions would otherwise lose their globals to copies of them. */
  @Test
  void class_thatComesBack_isNotChanged() {
    sender.exec("n = 1\nclass C:\n    def m(self): return n\nm = C.m");
    move(sender, "C()", receiver);
    receiver.exec("type(x).patched = True");
    try (Interpreter third = Python.start().newInterpreter("third")) {
      move(receiver, "x", third);
      check(third, "x.patched and x.m() == 1");
      move(third, "x", sender);
    }
    sender.exec("n = 2");
    check(sender, "type(x) is C and C.m is m and x.m() == 2 and not hasattr(C, 'patched')");
  }

  @Test
  void enumMembers_ofManyTransfers_areTheSameObjects() {
    sender.exec("import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2");
    move(sender, "E.A", receiver);
    receiver.exec("a = x");
    move(sender, "[E.A, E]", receiver);
    check(receiver, "x[0] is a is x[1].A and x[1](1) is a");
    move(receiver, "a", sender);
    check(sender, "x is E.A");
  }

  /** Where a definition stands does not make it another one. */
  @Test
  void definitions_thatDifferInTheirPlaceAlone_areTheReceiversOwn() {
    String source =
        """
        limit = 10
        def clip(n): return min(n, limit)
        class Box:
            sizes = [1, 2]
            def __init__(self, v=1): self.v = clip(v)
            @property
            def p(self): return self.v
            class Part: pass
        """;
    sender.exec(source);
    receiver.exec("\n\n\n" + source);
    move(sender, "[Box(), Box.Part(), clip]", receiver);
    check(receiver, "type(x[0]) is Box and type(x[1]) is Box.Part and x[2] is clip");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "class Box:\n    def __init__(self, v=300): self.v = v",
        "class Box:\n    extra = 1\n    def __init__(self, v=4): self.v = v",
        "class Base: pass\nclass Box(Base):\n    def __init__(self, v=4): self.v = v",
        "class Box:\n    __slots__ = 'v'\n    def __init__(self, v=4): self.v = v",
        "def Box(): pass",
        "Box = 3",
        "import decimal\nBox = decimal.Decimal",
      })
  void class_thatDiffersInAnything_isTheSenders(String own) {
    sender.exec("class Box:\n    def __init__(self, v=4): self.v = v");
    receiver.exec(own);
    move(sender, "[Box(), Box]", receiver);
    check(receiver, "x[0].v == 4 and type(x[0]) is x[1] and x[1] is not Box and x[1]().v == 4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wrapped(open('/dev/null'))",
        "wrapped(threading.Lock())",
        "wrapped(i for i in ())",
        "wrapped(re.match('a', 'a'))",
        "wrapped(sys._getframe())",
      })
  void function_thatHoldsWhatCannotCross_isRefusedAtTheSender(String expression) {
    sender.exec("import re, sys, threading\ndef wrapped(value):\n    return lambda: value");
    assertThatThrownBy(() -> sender.dump(expression))
        .isInstanceOf(NotTransferableException.class)
        .hasMessageContaining("cannot pickle");
  }
}

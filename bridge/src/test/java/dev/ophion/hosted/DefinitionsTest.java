package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.PythonException;
import org.junit.jupiter.api.Test;

/** Functions and classes that only the sender's __main__ has. */
final class DefinitionsTest extends TwoInterpreters {

  @Test
  void function_withGlobalsItCallsAndModules_worksElsewhere() {
    sender.exec(
        """
        import math
        factor = 3
        def scaled(x): return math.sqrt(x) * factor
        def total(xs, *, start=1): return start + sum(scaled(x) for x in xs)
        """);
    move("total");
    check("x([4, 9]) == 16.0 and x([4], start=0) == 6.0 and x.__name__ == 'total'");
    check("'scaled' not in globals() and 'factor' not in globals()");
  }

  @Test
  void function_recursive_callsItself() {
    sender.exec("def fact(n): return 1 if n < 2 else n * fact(n - 1)");
    move("fact");
    check("x(20) == 2432902008176640000");
  }

  @Test
  void functions_ofOnePayload_shareTheirGlobals() {
    sender.exec(
        """
        count = 0
        def up():
            global count
            count += 1
        def read(): return count
        """);
    move("[up, read]");
    check("(x[0](), x[0](), x[1]())[2] == 2");
    assertThat(sender.eval("count")).isEqualTo(0L);
  }

  @Test
  void closuresAndLambdas_keepWhatTheyHold() {
    sender.exec(
        """
        def adder(n):
            def add(x): return x + n
            return add
        def cell():
            def me(n): return 'end' if n == 0 else me(n - 1)
            return me
        """);
    move("[adder(5), lambda x, y=2: x * y, cell()]");
    check("x[0](1) == 6 and x[1](4) == 8 and x[2](3) == 'end'");
  }

  @Test
  void instances_ofAClassOfMain_bringTheirClass() {
    sender.exec(
        """
        import dataclasses, enum, functools
        class Colour(enum.Enum):
            RED = 1
            BLUE = 2
            def low(self): return self.name.lower()
        @dataclasses.dataclass(frozen=True)
        class Point:
            x: int
            y: int = 0
            colour: Colour = Colour.RED
            @property
            def norm(self): return abs(self.x) + abs(self.y)
            @classmethod
            def origin(cls): return cls(0, 0)
            @staticmethod
            def unit(): return 'm'
        class Named(Point):
            __slots__ = ()
            def __init__(self, *args): super().__init__(*args)
            def __repr__(self): return 'named ' + super().__repr__()
        """);
    move("[Point(1, -2), Named(3), Colour.BLUE, Point, Named]");
    check("x[0].norm == 3 and x[0] == x[3](1, -2) and type(x[0]) is x[3]");
    check("isinstance(x[1], x[3]) and repr(x[1]).startswith('named ')");
    check("x[3].origin().colour.low() == 'red' and x[3].unit() == 'm'");
    check("x[2] is type(x[2]).BLUE and type(x[2])(1) is x[0].colour and len(type(x[2])) == 2");
    check(
        "[f.name for f in __import__('dataclasses').fields(x[0])] == ['x', 'y', 'colour']"
            + " and x[3].__annotations__['x'] is int");
  }

  @Test
  void class_sentTwice_staysOneClass() {
    sender.exec("class Box:\n    def __init__(self, v): self.v = v");
    move("Box(1)");
    receiver.exec("first = type(x)");
    move("Box(2)");
    check("type(x) is first and x.v == 2");
    try (Interpreter third = Python.start().newInterpreter("third")) {
      move(receiver, "x", third);
      assertThat(third.eval("x.v")).isEqualTo(2L);
      move(third, "x", sender);
    }
    assertThat(sender.eval("type(x) is Box")).isEqualTo(true);
  }

  @Test
  void class_thatBothDefineAlike_isTheReceiversOwn() {
    String source = "class Box:\n    def __init__(self, v): self.v = v\ndef f(): return Box\n";
    sender.exec(source);
    receiver.exec(source);
    move("[Box(1), f]");
    check("type(x[0]) is Box");
    check("x[1] is f");
  }

  @Test
  void definition_thatDiffersUnderTheSameName_isTheSenders() {
    sender.exec("def f(): return 'sender'\nclass C:\n    def name(self): return 'sender'");
    receiver.exec("def f(): return 'receiver'\nclass C:\n    def name(self): return 'receiver'");
    move("[f, C()]");
    check("x[0]() == 'sender' and x[1].name() == 'sender'");
    check("f() == 'receiver' and C().name() == 'receiver'");
  }

  @Test
  void abstractClassesAndGenerics_keepTheirRules() {
    sender.exec(
        """
        import abc, typing
        T = typing.TypeVar('T')
        class Shape(abc.ABC):
            @abc.abstractmethod
            def area(self): ...
        class Square(Shape, typing.Generic[T]):
            def __init__(self, a): self.a = a
            def area(self): return self.a ** 2
        class Pair[K]:
            def __init__(self, k: K): self.k = k
        """);
    move("[Shape, Square(3), Pair(1)]");
    check("x[1].area() == 9 and isinstance(x[1], x[0]) and x[2].k == 1");
    assertThatThrownBy(() -> receiver.eval("x[0]()"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("abstract");
  }

  @Test
  void largeArrayThatAFunctionNames_isNotCopied() {
    sender.exec("table = bytearray(1_000_000)\ndef look(i): return table[i]");
    try (Payload payload = sender.dump("look")) {
      assertThat(payload.outOfBandBytes()).isEqualTo(1_000_000);
      receiver.load("x", payload);
    }
    sender.exec("table[7] = 9");
    check("x(7) == 9");
  }

  @Test
  void function_thatNamesWhatCannotBePickled_namesIt() {
    sender.exec("import threading\nguard = threading.Lock()\ndef f():\n    with guard: pass");
    assertThatThrownBy(() -> sender.dump("[f]"))
        .hasMessageContaining("lock")
        .hasMessageContaining("guard");
  }

  @Test
  void module_thatTheReceiverLacks_isNamed() {
    sender.exec(
        """
        import sys, types
        module = types.ModuleType('only_here')
        exec('class Thing: pass', module.__dict__)
        sys.modules['only_here'] = module
        """);
    assertThatThrownBy(() -> move("module.Thing()"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("'only_here'")
        .hasMessageContaining("install it");
  }

  @Test
  void class_thatTheReceiversModuleLacks_isNamed() {
    String module = "import sys, types\nm = types.ModuleType('both')\nsys.modules['both'] = m\n";
    sender.exec(module + "exec('class Thing: pass', m.__dict__)");
    receiver.exec(module);
    assertThatThrownBy(() -> move("m.Thing()"))
        .isInstanceOf(PythonException.class)
        .hasMessageContaining("both")
        .hasMessageContaining("Thing");
  }
}

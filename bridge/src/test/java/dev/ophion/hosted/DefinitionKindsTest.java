package dev.ophion.hosted;

import org.junit.jupiter.api.Test;

/** What kinds of functions and classes of __main__ cross by value, and arrive as they were. */
final class DefinitionKindsTest extends TwoInterpreters {

  @Test
  void decoratedFunction_ofTheSameName_isTheSenders() {
    sender.exec(
        """
        import functools
        def logged(n):
            def deco(f):
                @functools.wraps(f)
                def w(*a): return f(*a) * n
                return w
            return deco
        @logged(4)
        def f(x): return x
        """);
    receiver.exec(
        """
        def logged(n):
            import functools
            def deco(f):
                @functools.wraps(f)
                def w(*a): return f(*a) * n
                return w
            return deco
        @logged(300)
        def f(x): return x
        """);
    move("f");
    check("x(1) == 4 and f(1) == 300 and x.__wrapped__(3) == 3");
  }

  @Test
  void property_ofTheSameName_isTheSenders() {
    sender.exec(
        """
        class C:
            @property
            def p(self): return 4
        """);
    receiver.exec(
        """
        class C:
            @property
            def p(self): return 300
        """);
    move("C()");
    check("x.p == 4 and C().p == 300");
  }

  @Test
  void function_whoseGlobalDiffers_isTheSenders() {
    sender.exec(
        """
        factor = 3
        def f(): return factor
        """);
    receiver.exec(
        """
        factor = 4
        def f(): return factor
        """);
    move("f");
    check("x() == 3 and f() == 4");
  }

  @Test
  void enums_keepAttributesAliasesAndIdentity() {
    sender.exec(
        """
        import enum
        class Planet(enum.Enum):
            EARTH = (5.9, 6.3)
            TERRA = (5.9, 6.3)
            MARS = (6.4, 3.3)
            def __init__(self, mass, radius):
                self.mass = mass; self.radius = radius
            @property
            def g(self): return self.mass / self.radius
        class Perm(enum.Flag):
            R = 1; W = 2; X = 4
            RW = R | W
        class Num(enum.IntEnum):
            ONE = 1; UNO = 1; TWO = 2
        class S(enum.StrEnum):
            A = enum.auto(); B = enum.auto()
        class L(list, enum.Enum): Z = [1]
        class Coord(bytes, enum.Enum):
            def __new__(cls, value, label):
                obj = bytes.__new__(cls, [value]); obj._value_ = value; obj.label = label
                return obj
            PX = (0, 'P.X')
            VY = (2, 'V.Y')
        """);
    move(
        "[Planet.EARTH, Planet.MARS, Perm.RW, Num.UNO, S.B, Coord.VY, Perm.R | Perm.X, Perm, Planet, [Planet.TERRA], Num]");
    check("x[0].mass == 5.9 and x[0].name == 'EARTH' and x[9][0] is x[0]");
    check("list(x[8].__members__) == ['EARTH','TERRA','MARS'] and x[8].TERRA is x[0]");
    check("x[1] is x[8]((6.4, 3.3)) and x[8]['MARS'] is x[1] and len(x[8]) == 2 and x[0].g > 0");
    check("list(x[8]) == [x[0], x[1]]");
    check("x[2] is x[7].R | x[7].W and x[7](3) is x[2] and x[7].RW.name == 'RW'");
    check("x[6] == x[7](5) and x[7].R in x[6] and ~x[7].R == x[7].W | x[7].X");
    check("list(x[2]) == [x[7].R, x[7].W]");
    check("x[3] == 1 and isinstance(x[3], int) and x[3] is x[10].ONE and x[10].UNO is x[3]");
    check("x[3] + 1 == x[10].TWO");
    check("x[4] == 'b' and f'{x[4]}' == 'b' and type(x[4])('b') is x[4]");
    check("x[5].label == 'V.Y' and bytes(x[5]) == b'\\x02' and type(x[5])(2) is x[5]");
    check("__import__('copy').deepcopy(x[0]) is x[0]");
  }

  @Test
  void namedTuples_keepFieldsDefaultsAndMethods() {
    sender.exec(
        """
        import collections, typing
        P = collections.namedtuple('P', 'x y', defaults=[7])
        class Q(typing.NamedTuple):
            a: int
            b: str = 'q'
            def total(self): return self.a + len(self.b)
        class R(P):
            __slots__ = ()
            def s(self): return self.x + self.y
        """);
    move("[P(1, 2), Q(1), R(3), P]");
    check("x[0] == (1, 2) and x[0].x == 1 and x[3](4).y == 7 and x[0]._replace(x=5).x == 5");
    check("x[0]._asdict() == {'x': 1, 'y': 2} and repr(x[0]) == 'P(x=1, y=2)'");
    check("x[1].total() == 2 and x[1].b == 'q'");
    check("type(x[1]).__annotations__ == {'a': int, 'b': str} and isinstance(x[1], tuple)");
    check("x[2].s() == 10 and isinstance(x[2], x[3]) and not hasattr(x[2], '__dict__')");
  }

  @Test
  void typeParametersAndAliases_keepTheirBoundsAndValues() {
    sender.exec(
        """
        def first[T](xs: list[T], *rest: T) -> T: return xs[0]
        type Pair[A] = tuple[A, A]
        type Json = dict[str, Json] | int
        type Plain = list[int]
        def g(p: Pair[int], j: Json, k: Plain) -> Plain: return p
        class Stack[T: int = bool]:
            def push(self, x: T) -> 'Stack[T]': return self
            def both[U](self, u: U, t: T) -> U: return u
        def ps[**P, *Ts](f: __import__('typing').Callable[P, int], *a: *Ts): return f
        """);
    move("[first, g, Stack, Stack(), Stack[int], Json, ps]");
    check("x[0]([5]) == 5 and x[0].__type_params__[0].__name__ == 'T'");
    check("x[0].__annotations__['return'] is x[0].__type_params__[0]");
    check("x[1](1,2,3) == 1 and x[1].__annotations__['k'].__value__ == list[int]");
    check("x[1].__annotations__['p'].__origin__.__name__ == 'Pair'");
    check("x[5].__value__.__args__[0].__args__[1] is x[5]");
    check("x[3].push(1) is x[3] and x[2].__type_params__[0].__default__ is bool");
    check("x[2].__type_params__[0].__bound__ is int");
    check("x[2].__parameters__ == x[2].__type_params__ and x[4].__origin__ is x[2]");
    check("x[3].both(2, 3) == 2");
    check("x[6](3) == 3");
  }

  @Test
  void cachedAndDispatchingFunctions_workElsewhere() {
    sender.exec(
        """
        import functools
        @functools.lru_cache(maxsize=10)
        def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)
        @functools.cache
        def c(n): return n + 1
        class K:
            @functools.lru_cache
            def m(self, a): return a * 2
            @functools.cached_property
            def cp(self): return 9
            @functools.singledispatchmethod
            def sd(self, a): return 'any'
            @sd.register
            def _(self, a: int): return 'int'
            part = functools.partialmethod(lambda self, a, b: a + b, 1)
        @functools.singledispatch
        def sd(a): return 'any'
        @sd.register
        def _(a: int): return 'int'
        @functools.total_ordering
        class T:
            def __init__(self, n): self.n = n
            def __lt__(self, o): return self.n < o.n
            def __eq__(self, o): return self.n == o.n
        """);
    move("[fib, c, K(), sd, T(1), T(2), functools.partial(c, 4)]");
    check("x[0](30) == 832040 and x[0].cache_info().maxsize == 10");
    check("x[0].cache_info().hits > 0 and x[0].__wrapped__.__name__ == 'fib'");
    check("x[1](1) == 2 and x[2].m(4) == 8 and x[2].cp == 9 and x[6]() == 5");
    check("x[2].sd(1) == 'int' and x[2].sd('x') == 'any' and x[2].part(3) == 4");
    check("x[3](1) == 'int' and x[3]('') == 'any' and x[5] >= x[4]");
  }

  @Test
  void keywordsOfClassStatements_areNotNeededAgain() {
    sender.exec(
        """
        registry = []
        class Plugin:
            def __init_subclass__(cls, *, name, **kw):
                super().__init_subclass__(**kw)
                cls.plugin = name
                registry.append(name)
        class A(Plugin, name='a'): pass
        class Meta(type):
            def __new__(meta, name, bases, ns, *, tag):
                c = super().__new__(meta, name, bases, ns); c.tag = tag; return c
            def __init__(cls, name, bases, ns, *, tag): super().__init__(name, bases, ns)
            def __len__(cls): return 5
        class M(metaclass=Meta, tag=3): pass
        class Typed:
            def __set_name__(self, owner, name): self.name = name
            def __get__(self, o, t=None): return self.name
        class D: field = Typed()
        """);
    move("[A(), A, M, M(), D(), Plugin]");
    check("x[0].plugin == 'a' and x[1].__mro__ == (x[1], x[5], object)");
    check("isinstance(x[0], x[5])");
    check("x[2].tag == 3 and len(x[2]) == 5 and type(x[3]) is x[2]");
    check("type(x[2]).__name__ == 'Meta' and x[4].field == 'field'");
    check("type('B', (x[5],), {}, name='b').plugin == 'b'");
  }

  @Test
  void annotations_thatCannotBeEvaluated_stayText() {
    sender.exec(
        """
        import typing
        if typing.TYPE_CHECKING: from decimal import Missing
        class C:
            a: int
            b: Missing
            c: 'list[Missing]'
            def m(self, x: Missing, y: int) -> Missing: return y
        def f(x: Missing, y: int = 3) -> list[Missing]: return y
        """);
    move("[C(), f]");
    check("type(x[0]).__annotations__['a'] is int");
    check("type(x[0]).__annotations__['b'] == 'Missing'");
    check("x[0].m(1, 2) == 2 and x[1](1) == 3 and x[1].__annotations__['y'] is int");
  }

  @Test
  void submodules_thatCodeNamesByDots_areImported() {
    sender.exec(
        """
        import xml.etree.ElementTree, os.path, concurrent.futures, importlib.metadata
        import email.mime.text as emt
        def f(): return xml.etree.ElementTree.fromstring('<a/>').tag
        def g(): return [(lambda: concurrent.futures.ThreadPoolExecutor.__name__)() for _ in [1]][0]
        class C:
            def m(self): return importlib.metadata.PackageNotFoundError.__name__
            def n(self): return emt.MIMEText.__name__
        """);
    move("[f, g, C()]");
    check("x[0]() == 'a' and x[1]() == 'ThreadPoolExecutor'");
    check("x[2].m() == 'PackageNotFoundError' and x[2].n() == 'MIMEText'");
  }

  @Test
  void dataclassesSlotsExceptionsAndAbstractClasses_keepTheirRules() {
    sender.exec(
        """
        import dataclasses, abc
        @dataclasses.dataclass(slots=True, frozen=True, order=True)
        class P:
            x: int
            y: list = dataclasses.field(default_factory=list, compare=False)
            z: dataclasses.InitVar[int] = 3
            k: dataclasses.KW_ONLY = None
            w: int = 1
        @dataclasses.dataclass(frozen=True)
        class Q(P):
            pass
        class S:
            __slots__ = ('a', '__b', '__weakref__')
            def __init__(self): self.a = 1; self.__b = 2
            def b(self): return self.__b
        class Sub(S):
            __slots__ = 'c'
        class E(Exception):
            def __init__(self, code): super().__init__(f'code {code}'); self.code = code
            def __reduce__(self): return (E, (self.code,))
        class Shape(abc.ABC):
            @property
            @abc.abstractmethod
            def area(self): ...
        class Sq(Shape):
            area = 4
        Shape.register(int)
        """);
    move("[P(1), S(), Sub(), E(3), Sq(), Shape, P]");
    check("x[0] == x[6](1) and hash(x[0]) == hash(x[6](1)) and not hasattr(x[0], '__dict__')");
    check("x[6](1) < x[6](2)");
    check("[f.name for f in __import__('dataclasses').fields(x[0])] == ['x','y','w']");
    check("x[0].y == [] and x[6](1, w=5).w == 5 and repr(x[0]) == 'P(x=1, y=[], w=1)'");
    check("__import__('dataclasses').replace(x[0], x=9, z=1).x == 9");
    check("x[1].b() == 2 and x[1].a == 1 and not hasattr(x[1], '__dict__')");
    check("not hasattr(x[2], '__dict__') and x[2].b() == 2");
    check("x[3].code == 3 and str(x[3]) == 'code 3' and x[4].area == 4 and isinstance(1, x[5])");
    check("x[5].__abstractmethods__ == frozenset({'area'})");
  }

  @Test
  void functions_thatCallOrShare_keepDoingSo() {
    sender.exec(
        """
        def even(n): return True if n == 0 else odd(n - 1)
        def odd(n): return False if n == 0 else even(n - 1)
        def counter():
            n = 0
            def up():
                nonlocal n; n += 1; return n
            def get(): return n
            return up, get
        base = 10
        def make():
            class Local:
                attr = base
                def m(self): return __class__.attr + base
            return Local
        async def co(): return 1
        def gen(): yield from range(3)
        state = {'a': 1}
        def setit(): state['a'] = 5
        def getit(): return state
        """);
    move("[even, odd, counter(), make, make()(), co, gen, setit, getit]");
    check("x[0](10) and not x[1](10) and (x[2][0](), x[2][0](), x[2][1]())[2] == 2");
    check("x[3]()().m() == 20 and x[4].m() == 20 and list(x[6]()) == [0,1,2]");
    check("__import__('asyncio').run(x[5]()) == 1");
    check("(x[7](), x[8]()['a'])[1] == 5");
  }

  @Test
  void typingConstructs_keepWhatTheyAre() {
    sender.exec(
        """
        import typing, types
        UserId = typing.NewType('UserId', int)
        T = typing.TypeVar('T'); PS = typing.ParamSpec('PS')
        class G(typing.Generic[T]): pass
        class Proto(typing.Protocol):
            def m(self) -> int: ...
        @typing.runtime_checkable
        class RP(typing.Protocol):
            def m(self) -> int: ...
        class HasM:
            def m(self): return 1
        class TD(typing.TypedDict, total=False):
            a: int
        """);
    move("[UserId, T, G, G[int], Proto, RP, HasM(), TD, TD(a=1), types.SimpleNamespace(a=1), G()]");
    check("x[0](3) == 3 and x[0].__supertype__ is int and x[3].__args__ == (int,)");
    check("x[2].__parameters__ == (x[1],) and isinstance(x[10], x[2])");
    check("isinstance(x[6], x[5]) and x[7].__optional_keys__ == {'a'} and x[8] == {'a': 1}");
    check("x[9].a == 1");
  }

  @Test
  void ctypesStructures_keepTheirFields() {
    sender.exec(
        """
        import ctypes
        class Point(ctypes.Structure):
            _fields_ = [('x', ctypes.c_int), ('y', ctypes.c_double)]
            def s(self): return self.x + self.y
        """);
    move("[Point(1, 2.5), Point]");
    check("x[0].s() == 3.5 and x[1](2, 3).x == 2");
  }

  @Test
  void methodsDescriptorsAndGenerators_work() {
    sender.exec(
        """
        import threading, contextlib, operator, decimal, logging
        log = logging.getLogger('x')
        @contextlib.contextmanager
        def cm():
            yield 5
        def f():
            with cm() as v: return v
        class WithProp:
            def __init__(self): self._x = 1
            @property
            def x(self): return self._x
            @x.setter
            def x(self, v): self._x = v * 2
            @classmethod
            def make(cls): return cls()
            @staticmethod
            def st(a, /, b, *, c=3): return a + b + c
            def __getitem__(self, k): return k
            def __class_getitem__(cls, k): return k
        bound = WithProp().make
        """);
    move(
        "[f, WithProp(), WithProp.make, WithProp().__getitem__, operator.itemgetter(1), log, lambda *, k=decimal.Decimal(1): k, bound]");
    check("x[0]() == 5 and type(x[2]()).__name__ == 'WithProp' and x[3](7) == 7");
    check("x[4]([1,2]) == 2 and x[6]() == 1 and x[5].name == 'x'");
    check("type(x[7]()) is type(x[1])");
    check("(setattr(x[1], 'x', 4), x[1].x)[1] == 8 and x[1].st(1, 2) == 6");
    check("type(x[1])[3] == 3");
  }
}

package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonExitException;
import dev.ophion.PythonGroupException;
import dev.ophion.PythonSyntaxException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken of an exception is bounded, and of the right type whatever its attributes say. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class ErrorBoundsTest {

  private static final int MOST_TEXT = (1 << 18) + 100;

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("bounds");
  }

  @AfterEach
  void close() {
    python.close();
  }

  private PythonException raisedBy(String source) {
    return catchThrowableOfType(PythonException.class, () -> python.exec(source));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "e.end_offset = 10 ** 10",
        "e.end_offset = 2 ** 31 - 1",
        "e.end_lineno = 1; e.end_offset = 10 ** 30",
        "e.offset = 2 ** 31 - 1",
        "e.text = 'x' * 10_000_000; e.offset = 5_000_000; e.end_offset = 9_000_000",
        "e.text = '\\t' * 10_000_000; e.offset = 9_000_000",
        "e.text = '\\ud800' * 1_000_000",
        "e.filename = 'f' * 10_000_000",
        "e.msg = 'm' * 10_000_000",
      })
  void syntaxError_withHugePlaces_isBounded(String lie) {
    PythonSyntaxException raised =
        (PythonSyntaxException)
            raisedBy(
                "e = SyntaxError('bad', ('f', 1, 1, 'abc', 1, 2))\ne.text = 'abc'\n"
                    + lie
                    + "\nraise e");
    assertThat(raised.excerpt()).isNotEmpty().hasSizeLessThan(3000);
    assertThat(raised.excerpt().lines()).hasSize(2);
    assertThat(raised.getMessage()).hasSizeLessThan(MOST_TEXT + 4000);
  }

  @Test
  void excerpt_ofALongLine_isThePartAroundThePlace() {
    PythonSyntaxException raised =
        (PythonSyntaxException) raisedBy("x = '" + "a".repeat(5000) + "' + * 'b'\n");
    assertThat(raised.column()).isEqualTo(5010);
    String[] lines = raised.excerpt().split("\n", -1);
    assertThat(lines[0]).hasSizeLessThan(401).endsWith("' + * 'b'");
    assertThat(lines[0].charAt(lines[1].indexOf('^'))).isEqualTo('*');
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"'12'", "None", "1.5", "object()", "[]", "True", "10 ** 40", "-1", "Liar(1)"})
  void syntaxError_withAnythingInItsAttributes_arrives(String value) {
    python.exec(
        """
        class Liar(int):
            def __index__(self): raise KeyError('no')
            __int__ = __lt__ = __gt__ = __sub__ = __bool__ = __index__
        """);
    for (String attribute :
        new String[] {
          "lineno",
          "offset",
          "end_lineno",
          "end_offset",
          "text",
          "filename",
          "msg",
          "print_file_and_line"
        }) {
      PythonException raised =
          raisedBy(
              "e = SyntaxError('bad', ('f', 1, 1, 'abc', 1, 2))\ne.%s = %s\nraise e"
                  .formatted(attribute, value));
      assertThat(raised)
          .as(attribute)
          .isInstanceOfSatisfying(
              PythonSyntaxException.class,
              e -> {
                assertThat(e.line()).isNotNegative();
                assertThat(e.column()).isNotNegative();
                assertThat(e.typeName()).isEqualTo("SyntaxError");
              });
    }
  }

  @Test
  void attributesOfAnyType_orThatRaise_costTheirOwnPartOnly() {
    python.exec(
        """
        class Meta(type):
            __module__ = property(lambda self: 5)
            __name__ = property(lambda self: 1 / 0)
        class Text(str):
            def __str__(self): raise SystemExit
            encode = __len__ = __getitem__ = __str__
        def evil(self, *more): raise KeyboardInterrupt('evil')
        class Evil(ValueError, metaclass=Meta):
            __module__ = 7
            __cause__ = __context__ = __traceback__ = __suppress_context__ = property(evil)
            __notes__ = property(evil)
            __class__ = property(lambda self: SystemExit)
            __getattribute__ = evil
            def __str__(self): return Text('said')
        class Worse(Evil):
            def __str__(self): evil(self)
        class Notes(list):
            __iter__ = __len__ = __getitem__ = evil
        class Noted(ValueError):
            __notes__ = Notes(['one', Text('two'), 3])
        """);
    PythonException evil = raisedBy("try:\n  1 / 0\nexcept ValueError: pass\nfinally: raise Evil");
    assertThat(evil.typeName()).isEqualTo("Evil");
    assertThat(evil.pythonMessage()).isEqualTo("said");
    assertThat(evil.pythonFrames()).hasSize(1);
    assertThat(evil.getCause())
        .isInstanceOfSatisfying(
            PythonException.class, e -> assertThat(e.typeName()).isEqualTo("ZeroDivisionError"));
    assertThat(raisedBy("raise Worse").pythonMessage()).contains("KeyboardInterrupt");
    assertThat(raisedBy("raise Noted").notes())
        .containsExactly("one", "(str() of it raised SystemExit)", "3");
    assertThat(raisedBy("e = ValueError(); e.__notes__ = 5; raise e").notes()).containsExactly("5");
    assertThat(python.eval("1 + 1")).isEqualTo(2L);
  }

  @Test
  void systemExit_withAnyCode_isAnExit() {
    python.exec(
        """
        class Liar(int):
            def __int__(self): raise KeyError
            __index__ = __lt__ = __le__ = __gt__ = __int__
        """);
    assertThat(((PythonExitException) raisedBy("raise SystemExit(Liar(9))")).code()).isEqualTo(9);
    assertThat(((PythonExitException) raisedBy("raise SystemExit(True)")).code()).isEqualTo(1);
    assertThat(((PythonExitException) raisedBy("raise SystemExit([])")).code()).isEqualTo(1);
  }

  @Test
  void hugeTexts_areCutAndSaySo() {
    PythonException raised = raisedBy("raise ValueError('x' * 50_000_000)");
    assertThat(raised.pythonMessage())
        .hasSizeLessThan(MOST_TEXT)
        .startsWith("xxx")
        .endsWith("... (%d more characters)".formatted(50_000_000 - (1 << 18)));
    PythonException emoji = raisedBy("raise ValueError('\\U0001f600' * 1_000_000)");
    assertThat(emoji.pythonMessage()).startsWith("\ud83d\ude00").hasSizeLessThan(2 * MOST_TEXT);
  }

  @Test
  void hugeNotes_areCutInNumberAndInAll() {
    PythonException raised =
        raisedBy("e = ValueError('m')\ne.__notes__ = ['n' * 1_000_000] * 1_000_000\nraise e");
    assertThat(raised.notes()).hasSize(65);
    assertThat(raised.notes()).last().isEqualTo("(more notes are left out)");
    assertThat(raised.getMessage()).hasSizeLessThan((1 << 20) + 10_000);
  }

  @Test
  void hugeNamesOfTypesFunctionsAndFiles_areCut() {
    PythonException raised =
        raisedBy(
            """
            kind = type('T' * 1_000_000, (Exception,), {'__module__': 'm' * 1_000_000})
            source = 'def ' + 'f' * 100_000 + '(): raise kind\\n' + 'f' * 100_000 + '()'
            exec(compile(source, 'n' * 1_000_000, 'exec'), {'kind': kind, '__name__': 'g' * 10**6})
            """);
    assertThat(raised.typeName()).hasSizeLessThan(1200);
    assertThat(raised.pythonFrames()).hasSize(3);
    assertThat(raised.pythonFrames().get(0).toString()).hasSizeLessThan(2000);
  }

  @Test
  void deepChain_keepsTheFirstAndSaysWhatIsLeftOut() {
    PythonException raised =
        raisedBy(
            """
            e = ValueError(0)
            for i in range(1, 100_000):
                new = ValueError(i)
                new.__cause__ = e
                e = new
            raise e
            """);
    int depth = 1;
    PythonException last = raised;
    while (last.getCause() instanceof PythonException cause) {
      last = cause;
      depth++;
    }
    assertThat(depth).isEqualTo(32);
    assertThat(last.notes()).containsExactly("(its cause, ValueError, is left out)");
  }

  @Test
  void deepRecursion_keepsBothEndsOfTheTrace() {
    PythonException raised =
        raisedBy(
            "import sys\nsys.setrecursionlimit(20_000)\n"
                + "def f(n):\n  return 1 / 0 if n == 0 else f(n - 1)\nf(10_000)");
    assertThat(raised.pythonFrames()).hasSize(1024);
    assertThat(raised.pythonFrames().get(0).getMethodName()).isEqualTo("f");
    assertThat(raised.pythonFrames()).last().extracting("methodName").isEqualTo("<module>");
    assertThat(raisedBy("def g(): g()\ng()").typeName()).isEqualTo("RecursionError");
  }

  @Test
  void groupWithAMillionMembers_isBounded() {
    PythonGroupException raised =
        (PythonGroupException)
            raisedBy("raise ExceptionGroup('many', [ValueError(i) for i in range(1_000_000)])");
    assertThat(raised.members()).hasSize(64);
    assertThat(raised.memberCount()).isEqualTo(1_000_000);
    assertThat(raised.pythonMessage()).isEqualTo("many (1000000 sub-exceptions)");
  }

  @Test
  void groupsThatFanOut_areBoundedInAll() {
    PythonException raised =
        raisedBy(
            """
            e = ValueError('leaf')
            for i in range(500):
                e = ExceptionGroup('twice', [e, e])
            raise e
            """);
    assertThat(count(raised)).isBetween(2, 256);
  }

  private static int count(Throwable failure) {
    return 1 + Arrays.stream(failure.getSuppressed()).mapToInt(ErrorBoundsTest::count).sum();
  }

  @Test
  void brokenDescription_isAPythonExceptionAllTheSame() {
    python.exec("import sys\nsys.modules['_ophion_support.errors'].describe = lambda e: 5");
    assertThat(raisedBy("1 / 0").getMessage()).contains("cannot be understood");
    python.exec("sys.modules['_ophion_support.errors'].describe = 5");
    assertThat(raisedBy("class \u00dcbel(Exception): pass\nraise \u00dcbel").typeName())
        .isEqualTo("\u00dcbel");
  }
}

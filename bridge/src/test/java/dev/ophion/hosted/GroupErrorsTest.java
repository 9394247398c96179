package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ophion.Interpreter;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.PythonGroupException;
import dev.ophion.PythonSyntaxException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class GroupErrorsTest {

  private Interpreter python;

  @BeforeEach
  void open() {
    python = Python.start().newInterpreter("groups");
    python.exec(
        """
        def fail(kind, *arguments): raise kind(*arguments)
        def caught(*arguments):
            try: fail(*arguments)
            except BaseException as e: return e
        def several():
            inner = ExceptionGroup('inner', [caught(KeyError, 'k')])
            raise ExceptionGroup('outer', [caught(ValueError, 1), inner, caught(RuntimeError, 'o')])
        """);
  }

  @AfterEach
  void close() {
    python.close();
  }

  private PythonGroupException raisedBy(String source) {
    return catchThrowableOfType(PythonGroupException.class, () -> python.exec(source));
  }

  @Test
  void members_areThereWithTheirFrames_alsoThoseOfMembers() {
    PythonGroupException raised = raisedBy("several()");
    assertThat(raised.members())
        .extracting(PythonException::typeName)
        .containsExactly("ValueError", "ExceptionGroup", "RuntimeError");
    assertThat(raised.memberCount()).isEqualTo(3);
    assertThat(raised.members().get(0).pythonFrames())
        .extracting(StackTraceElement::getMethodName)
        .containsExactly("fail", "caught");
    PythonGroupException inner = (PythonGroupException) raised.members().get(1);
    assertThat(inner.members()).hasSize(1);
    assertThat(inner.members().get(0).pythonMessage()).isEqualTo("'k'");
    assertThat(inner.members().get(0).pythonFrames()).hasSize(2);
  }

  @Test
  void members_areSuppressedExceptions_thatPrint() {
    PythonGroupException raised = raisedBy("several()");
    assertThat(raised.getSuppressed()).containsExactlyElementsOf(raised.members());
    StringWriter printed = new StringWriter();
    raised.printStackTrace(new PrintWriter(printed, true));
    assertThat(printed.toString())
        .contains("ValueError: 1", "KeyError: 'k'", "RuntimeError: o", "fail(<exec>:1)");
  }

  @Test
  void members_keepTheirCausesAndNotes() {
    PythonGroupException raised =
        raisedBy(
            """
            try:
                try: 1 / 0
                except Exception as e: raise ValueError('wrapped') from e
            except ValueError as e:
                e.add_note('noted')
                member = e
            raise BaseExceptionGroup('base', [member, KeyboardInterrupt()]) from None
            """);
    assertThat(raised.typeName()).isEqualTo("BaseExceptionGroup");
    assertThat(raised.members().get(0).notes()).containsExactly("noted");
    assertThat(raised.members().get(0).getCause())
        .isInstanceOfSatisfying(
            PythonException.class, e -> assertThat(e.typeName()).isEqualTo("ZeroDivisionError"));
  }

  @Test
  void groupOfATaskGroup_throughAsync_keepsItsMembers() {
    python.exec(
        """
        import asyncio
        async def bad(n): raise ValueError(n)
        async def main():
            async with asyncio.TaskGroup() as group:
                for n in range(3): group.create_task(bad(n))
        """);
    ExecutionException failure =
        catchThrowableOfType(
            ExecutionException.class, () -> python.async().exec("asyncio.run(main())").get());
    assertThat(((PythonGroupException) failure.getCause()).members())
        .extracting(PythonException::pythonMessage)
        .containsExactly("0", "1", "2");
  }

  @Test
  void groupAsACause_keepsItsMembers() {
    PythonException raised =
        catchThrowableOfType(
            PythonException.class,
            () ->
                python.exec(
                    "try: several()\nexcept Exception as e: raise RuntimeError('after') from e"));
    assertThat(((PythonGroupException) raised.getCause()).members()).hasSize(3);
  }

  @Test
  void notesOfASyntaxError_arrive() {
    PythonSyntaxException raised =
        catchThrowableOfType(
            PythonSyntaxException.class,
            () ->
                python.exec(
                    "try: compile('1 +', 'f', 'eval')\n"
                        + "except SyntaxError as e:\n  e.add_note('noted')\n  raise"));
    assertThat(raised.notes()).containsExactly("noted");
    assertThat(raised.getMessage()).endsWith("noted");
  }
}

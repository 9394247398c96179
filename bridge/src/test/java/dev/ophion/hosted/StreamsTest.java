package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.PythonException;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A redirected stream has what a TextIOWrapper has. */
@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class StreamsTest {

  private final StringBuilder out = new StringBuilder();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private Interpreter python;

  @BeforeEach
  void open() {
    python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder()
                    .name("streams")
                    .stdout(Output.appendTo(out))
                    .stderr(Output.lines(err::add))
                    .build());
    python.exec("import io, sys");
  }

  @AfterEach
  void close() {
    python.close();
  }

  @Test
  void streams_haveEveryAttributeThatCPythonsOwnHave() {
    python.exec(
        """
        for stream, name in ((sys.stdout, '<stdout>'), (sys.stderr, '<stderr>')):
            assert isinstance(stream, io.TextIOWrapper)
            # Made as CPython makes its own for a pipe.
            own = io.TextIOWrapper(io.BufferedWriter(io.FileIO('/dev/null', 'wb')), 'utf-8')
            own.mode = 'w'
            for mine, other in ((stream, own), (stream.buffer, own.buffer),
                                (stream.buffer.raw, own.buffer.raw)):
                missing = {n for n in dir(other) if not n.startswith('_')} - {*dir(mine)}
                assert not missing - {'peek', 'closefd'}, missing
            assert stream.name == stream.buffer.name == stream.buffer.raw.name == name
            assert (stream.encoding, stream.errors) == ('utf-8', 'backslashreplace')
            assert (stream.mode, stream.buffer.mode, stream.buffer.raw.mode) == ('w', 'wb', 'wb')
            assert stream.newlines is None and not stream.line_buffering
            assert stream.write_through and not stream.closed and not stream.buffer.closed
            assert stream.writable() and not stream.readable() and not stream.seekable()
            assert not stream.isatty() and not stream.buffer.isatty()
            for part in (stream, stream.buffer, stream.buffer.raw):
                part.flush()
                try: part.fileno()
                except io.UnsupportedOperation as e: assert 'no descriptor' in str(e)
                else: raise AssertionError
            own.close()
        assert sys.stdout is sys.__stdout__ and sys.stderr is sys.__stderr__
        import shutil; shutil.get_terminal_size()
        """);
  }

  @Test
  void everyWayToWrite_givesTheSameText() {
    python.exec(
        """
        sys.stdout.write('a')
        sys.stdout.writelines(['b', 'c'])
        sys.stdout.buffer.write(b'd')
        sys.stdout.buffer.write(bytearray(b'e'))
        sys.stdout.buffer.write(memoryview(b'xfx')[1:2])
        sys.stdout.buffer.writelines([b'g'])
        sys.stdout.buffer.raw.write(b'h')
        print('i', end='', flush=True)
        import array
        assert sys.stdout.buffer.write(array.array('H', [0x6a6a])) == 2
        for wrong in (b'x', None, 5):
            try: sys.stdout.write(wrong)
            except TypeError: pass
            else: raise AssertionError
        """);
    assertThat(out).hasToString("abcdefghijj");
  }

  @Test
  void reconfigure_works_andTheTextArrivesWhateverTheEncoding() {
    python.exec(
        """
        sys.stdout.reconfigure(line_buffering=True)
        assert sys.stdout.line_buffering
        sys.stdout.reconfigure(encoding='latin-1', errors='replace')
        assert (sys.stdout.encoding, sys.stdout.errors) == ('iso8859-1', 'replace') or \\
            (sys.stdout.encoding, sys.stdout.errors) == ('latin-1', 'replace')
        print('\u00fc\u4e16')
        sys.stdout.reconfigure(encoding='utf-8')
        print('\ud83d\ude00')
        sys.stdout.reconfigure(newline='\\r\\n')
        print('crlf')
        sys.stdout.reconfigure(newline='\\n', write_through=False)
        sys.stdout.write('kept')
        assert not sys.stdout.write_through
        sys.stdout.flush()
        """);
    assertThat(out).hasToString("\u00fc?\n\ud83d\ude00\ncrlf\r\nkept");
  }

  @Test
  void loneSurrogates_areEscaped_andCutCharactersAreJoined() {
    python.exec(
        "print('\\ud800')\nsys.stdout.buffer.write(b'\\xf0\\x9f')\n"
            + "sys.stdout.buffer.write(b'\\x98\\x80\\xff\\n')");
    assertThat(out).hasToString("\\ud800\n\ud83d\ude00\\xff\n");
  }

  @Test
  void detach_andAWrapperOfTheUsers_work() {
    python.exec(
        """
        sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding='utf-8', line_buffering=True)
        print('wrapped \u00e9')
        try: sys.__stdout__.write('x')
        except ValueError as e: assert 'detached' in str(e)
        else: raise AssertionError
        raw = sys.stderr.buffer.detach()
        raw.write(b'raw\\n')
        """);
    assertThat(out).hasToString("wrapped \u00e9\n");
    assertThat(err).containsExactly("raw");
  }

  @Test
  void close_closesAllOfIt_andPrintingRaises() {
    python.exec("sys.stdout.close()\nassert sys.stdout.closed and sys.stdout.buffer is not None");
    assertThatThrownBy(() -> python.exec("print('x')"))
        .isInstanceOfSatisfying(
            PythonException.class, e -> assertThat(e.typeName()).isEqualTo("ValueError"));
    python.exec("assert sys.stderr.buffer.raw.closed is False");
    python.exec("print('still', file=sys.stderr)");
    assertThat(err).containsExactly("still");
  }

  @Test
  void whatTheStandardLibraryDoesWithThem_works() {
    python.exec(
        """
        import contextlib, logging, pprint, traceback, warnings, argparse, subprocess
        buffer = io.StringIO()
        with contextlib.redirect_stdout(buffer): print('inside')
        assert buffer.getvalue() == 'inside\\n'
        pprint.pprint([1, 2])
        handler = logging.StreamHandler(sys.stdout)
        logging.getLogger('x').addHandler(handler)
        logging.getLogger('x').error('logged')
        try: argparse.ArgumentParser('prog').parse_args(['--no-such'])
        except SystemExit: pass
        try: subprocess.run(['true'], stdout=sys.stdout)
        except io.UnsupportedOperation: pass
        else: raise AssertionError
        try: 1 / 0
        except Exception: traceback.print_exc()
        """);
    assertThat(out).hasToString("[1, 2]\nlogged\n");
    assertThat(err)
        .contains("ZeroDivisionError: division by zero")
        .anyMatch(l -> l.contains("--no-such"));
  }

  @Test
  void consumerThatThrowsAnEmoji_raisesItInPython() {
    Output broken =
        Output.lines(
            line -> {
              throw new IllegalStateException("full \ud83d\ude00 \u00fc \0 \ud800");
            });
    InterpreterOptions options = InterpreterOptions.builder().name("broken").stdout(broken).build();
    try (Interpreter other = Python.start().newInterpreter(options)) {
      other.exec("try: print('x')\nexcept OSError as e: text = str(e)");
      assertThat(other.get("text", String.class)).contains("full \ud83d\ude00 \u00fc");
    }
  }

  @Test
  void consumerThatThrowsALongText_isCutNotLost() {
    Output broken =
        Output.lines(
            line -> {
              throw new IllegalStateException("\ud83d\ude00".repeat(2000));
            });
    InterpreterOptions options = InterpreterOptions.builder().name("broken").stdout(broken).build();
    try (Interpreter other = Python.start().newInterpreter(options)) {
      assertThatThrownBy(() -> other.exec("print('x')"))
          .isInstanceOfSatisfying(
              PythonException.class, e -> assertThat(e.typeName()).isEqualTo("OSError"))
          .hasMessageContaining("\ud83d\ude00");
    }
  }

  @Test
  void consumerWhoseNestedCodePrints_getsItAfterwards() {
    AtomicReference<Interpreter> self = new AtomicReference<>();
    List<String> lines = new CopyOnWriteArrayList<>();
    Output nested =
        Output.lines(
            line -> {
              lines.add(line);
              if (line.equals("first")) {
                self.get().exec("print('nested')\nsys.stdout.flush()");
              }
            });
    InterpreterOptions options = InterpreterOptions.builder().name("nested").stdout(nested).build();
    try (Interpreter other = Python.start().newInterpreter(options)) {
      self.set(other);
      other.exec("import sys\nprint('first')\nprint('last')");
    }
    assertThat(lines).containsExactly("first", "nested", "last");
  }
}

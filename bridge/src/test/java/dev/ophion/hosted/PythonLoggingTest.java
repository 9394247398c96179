package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** With slf4j-simple, which prints to System.err and takes levels from system properties. */
@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class PythonLoggingTest {

  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final List<String> printed = new CopyOnWriteArrayList<>();
  private PrintStream errors;
  private Interpreter python;

  @BeforeEach
  void open() {
    // Read when a logger is made, which is when Python first uses its name.
    System.setProperty("org.slf4j.simpleLogger.log.py.debugged", "debug");
    System.setProperty("org.slf4j.simpleLogger.log.py.traced", "trace");
    System.setProperty("org.slf4j.simpleLogger.log.py.quiet", "error");
    errors = System.err;
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    python =
        Python.start()
            .newInterpreter(
                InterpreterOptions.builder()
                    .name("logging")
                    .forwardLogging(true)
                    .stderr(Output.lines(printed::add))
                    .build());
    python.exec("import logging");
  }

  @AfterEach
  void close() {
    python.close();
    System.setErr(errors);
  }

  private List<String> lines() {
    return logged.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void records_goToTheLoggerOfTheirName_withTheirLevels() {
    python.exec(
        """
        log = logging.getLogger('py.traced')
        log.log(5, 'five')
        log.debug('ten %d', 10)
        log.info('twenty')
        log.log(25, 'between')
        log.warning('thirty')
        log.error('forty')
        log.critical('fifty')
        """);
    assertThat(lines())
        .containsExactly(
            "[logging] TRACE py.traced - five",
            "[logging] DEBUG py.traced - ten 10",
            "[logging] INFO py.traced - twenty",
            "[logging] INFO py.traced - between",
            "[logging] WARN py.traced - thirty",
            "[logging] ERROR py.traced - forty",
            "[logging] ERROR py.traced - fifty");
    assertThat(printed).isEmpty();
  }

  @Test
  void levels_areThoseOfSlf4j_unlessPythonSetsSome() {
    python.exec(
        """
        logging.basicConfig(level=logging.CRITICAL)  # does nothing: there is a handler
        for name in ('py.debugged', 'py.quiet', 'py.default.child'):
            for level in (logging.DEBUG, logging.INFO, logging.ERROR):
                logging.getLogger(name).log(level, 'at %d', level)
        logging.getLogger('py.debugged').setLevel(logging.ERROR)
        logging.getLogger('py.debugged').info('not wanted')
        """);
    assertThat(lines())
        .containsExactly(
            "[logging] DEBUG py.debugged - at 10",
            "[logging] INFO py.debugged - at 20",
            "[logging] ERROR py.debugged - at 40",
            "[logging] ERROR py.quiet - at 40",
            "[logging] INFO py.default.child - at 20",
            "[logging] ERROR py.default.child - at 40");
  }

  @Test
  void exceptions_areThrowables_withPythonFramesCausesAndMembers() {
    python.exec(
        """
        def fail():
            try: 1 / 0
            except Exception as e: raise ExceptionGroup('several', [ValueError('v')]) from e
        try: fail()
        except Exception: logging.getLogger('py.failing').exception('it failed')
        logging.getLogger('py.failing').error('no exception', exc_info=True)
        logging.getLogger('py.failing').error('given', exc_info=KeyError('k'))
        logging.getLogger('py.failing').error('with a stack', stack_info=True)
        """);
    assertThat(String.join("\n", lines()))
        .contains(
            "ERROR py.failing - it failed\n",
            "ExceptionGroup: several (1 sub-exception)",
            "fail(<exec>:3)",
            "ValueError: v",
            "Caused by: dev.ophion.PythonException: ZeroDivisionError",
            "ERROR py.failing - no exception",
            "KeyError: 'k'",
            "Stack (most recent call last):");
    assertThat(printed).isEmpty();
  }

  @Test
  void rootLogger_threads_andAnyText() {
    python.exec(
        """
        import threading
        logging.warning('to the root {} %s')
        thread = threading.Thread(target=logging.getLogger('py.thread').error, args=('in a thread',))
        thread.start()
        thread.join()
        logging.getLogger('py.\u00fc\ud83d\ude00').error('\u00fc\ud83d\ude00 \\ud800')
        logging.getLogger('py.long').error('x' * 1_000_000)
        """);
    assertThat(lines())
        .contains("[logging] WARN ROOT - to the root {} %s")
        .anyMatch(line -> line.endsWith("ERROR py.thread - in a thread"))
        .contains("[logging] ERROR py.\u00fc\ud83d\ude00 - \u00fc\ud83d\ude00 \\ud800")
        .anyMatch(line -> line.endsWith("more characters)"));
  }

  @Test
  void brokenRecords_areReportedToStderr_asPythonDoes() {
    python.exec("logging.getLogger('py.broken').error('%d', 'text')");
    assertThat(printed).contains("--- Logging error ---");
  }

  @Test
  void appenderThatLogsInPython_endsAfterOneRound() {
    System.setErr(
        new PrintStream(logged, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            super.println(line);
            python.exec("logging.getLogger('py.again').error('again')");
          }
        });
    python.exec("logging.getLogger('py.first').error('first')");
    python.exec("logging.getLogger('py.second').error('second')");
    assertThat(lines())
        .containsExactly("[logging] ERROR py.first - first", "[logging] ERROR py.second - second");
  }

  @Test
  void interpreterThatWasNotAsked_keepsItsLoggingToItself() {
    InterpreterOptions options =
        InterpreterOptions.builder().name("quiet").stderr(Output.lines(printed::add)).build();
    try (Interpreter other = Python.start().newInterpreter(options)) {
      other.exec("import sys\nassert 'logging' not in sys.modules");
      other.exec("import logging\nlogging.error('here')");
    }
    assertThat(lines()).isEmpty();
    assertThat(printed).containsExactly("ERROR:root:here");
  }
}

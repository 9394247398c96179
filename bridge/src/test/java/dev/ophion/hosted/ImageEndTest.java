package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.PackageNotLoadableException;
import dev.ophion.Python;
import dev.ophion.bridge.image.ImageSlots;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An image is unmapped at its end only if nothing of the process can come back to its code. */
@ExtendWith(NoLeftovers.class)
@Timeout(120)
final class ImageEndTest {

  @TempDir Path folder;

  private static Interpreter open(String name) {
    return Python.start()
        .newInterpreter(InterpreterOptions.builder().name(name).isolation(Isolation.IMAGE).build());
  }

  /** Something that a thread waits for in native code, until Java writes to it. */
  private Path fifo() throws Exception {
    Path fifo = folder.resolve("fifo");
    Process made = new ProcessBuilder("mkfifo", fifo.toString()).start();
    assertThat(made.waitFor()).isZero();
    return fifo;
  }

  /** Returns after the thread that has waited has gone on. */
  private static void release(Path fifo) throws IOException {
    try (RandomAccessFile writer = new RandomAccessFile(fifo.toFile(), "rw")) {
      writer.write(1);
    }
    try (Interpreter another = open("another")) {
      assertThat(another.eval("1 + 1")).isEqualTo(2L);
    }
  }

  @Test
  void nestedInterpretersThread_thatOutlivesTheImage_findsItsCode() throws Exception {
    int retired = ImageSlots.retired();
    Path fifo = fifo();
    try (Interpreter python = open("nested threads")) {
      python.exec(
          """
          from concurrent import interpreters
          nested = interpreters.create()
          nested.prepare_main(fifo=%s)
          nested.exec('import _thread; _thread.start_new_thread(open, (fifo,))')
          """
              .formatted("'" + fifo + "'"));
    }
    release(fifo);
    assertThat(ImageSlots.retired()).isEqualTo(retired + 1);
  }

  @Test
  void nestedInterpretersThreads_thatHaveEnded_doNotKeepTheImage() {
    int retired = ImageSlots.retired();
    try (Interpreter python = open("nested threads")) {
      python.exec(
          """
          from concurrent import interpreters
          nested = interpreters.create()
          nested.exec(
              'import threading, _thread\\n'
              'for _ in range(50): threading.Thread(target=int).start()\\n'
              'done = _thread.allocate_lock()\\n'
              'done.acquire()\\n'
              '_thread.start_new_thread(done.release, ())\\n'
              'done.acquire()\\n')
          """);
    }
    assertThat(ImageSlots.retired()).isEqualTo(retired);
  }

  @Test
  void watchdogThread_ofFaulthandler_keepsTheImage() {
    int retired = ImageSlots.retired();
    try (Interpreter python = open("watchdog")) {
      python.exec("import faulthandler; faulthandler.dump_traceback_later(3600)");
    }
    assertThat(ImageSlots.retired()).isEqualTo(retired + 1);
  }

  /** Two images that import it at once crash in the library that they share. */
  @ParameterizedTest
  @ValueSource(strings = {"readline", "curses", "_curses_panel"})
  void moduleForTheTerminal_isRefused(String module) {
    try (Interpreter python = open("terminal")) {
      assertThatThrownBy(() -> python.importModule(module))
          .isInstanceOf(PackageNotLoadableException.class)
          .hasMessageContaining("the process's one terminal");
    }
  }

  @Test
  void libpython_openedVeryOften_isUnmapped() {
    int retired = ImageSlots.retired();
    try (Interpreter python = open("handles")) {
      python.exec("import ctypes\nfor _ in range(1000): ctypes.CDLL(None)");
    }
    assertThat(ImageSlots.retired()).isEqualTo(retired);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          callback = ctypes.CFUNCTYPE(None)(print)                           | 1
          callback = ctypes.CFUNCTYPE(None)(print); del callback             | 0
          import ctypes.util                                                 | 0
          import ctypes.util; ctypes.CDLL(ctypes.util.find_library("c"))     | 0
          call_on_thread_of_c(ctypes.CFUNCTYPE(None, ctypes.c_void_p)(print)) | 1
          """)
  void callbackThatCodeOfCMayCall_keepsTheImage(String code, int kept) {
    int retired = ImageSlots.retired();
    try (Interpreter python = open("callbacks")) {
      python.exec(
          """
          import ctypes

          def call_on_thread_of_c(callback):
              libc, thread = ctypes.CDLL("libc.so.6"), ctypes.c_ulong()
              assert libc.pthread_create(ctypes.byref(thread), None, callback, None) == 0
              assert libc.pthread_join(thread, None) == 0

          """
              + code);
    }
    assertThat(ImageSlots.retired()).isEqualTo(retired + kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"threading.Thread(target=int).start()", "_thread.start_new_thread(int, ())"})
  void threads_startedByManyThreads_start(String start) {
    try (Interpreter python = open("starters")) {
      python.exec(
          """
          import sys, threading, _thread
          sys.setswitchinterval(1e-5)
          failures = []
          def start_many():
              try:
                  for _ in range(300): %s
              except Exception as failure:
                  failures.append(repr(failure))
          starters = [threading.Thread(target=start_many) for _ in range(8)]
          for starter in starters: starter.start()
          for starter in starters: starter.join()
          """
              .formatted(start));
      assertThat(python.eval("failures")).isEqualTo(List.of());
    }
  }
}

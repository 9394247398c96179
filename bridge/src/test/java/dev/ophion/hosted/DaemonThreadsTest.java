package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.CloseTimeoutException;
import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Output;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import dev.ophion.bridge.relocation.Tools;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Daemon threads of Python, and what of the standard library is built on them. */
@ExtendWith(NoLeftovers.class)
@Timeout(180)
final class DaemonThreadsTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Interpreter open() {
    return Python.start()
        .newInterpreter(
            InterpreterOptions.builder().name("daemons").stdout(Output.lines(lines::add)).build());
  }

  private void runAndClose(String source) {
    Interpreter python = open();
    try {
      python.exec(source);
    } finally {
      python.close(LONG);
    }
  }

  @Test
  void threads_areNoDaemons_unlessAskedFor() {
    runAndClose(
        """
        import threading
        main = threading.main_thread()
        print(main is threading.current_thread(), main.daemon, threading.Thread().daemon)
        """);
    assertThat(lines).containsExactly("True False False");
  }

  @Test
  void daemonThread_inALoop_isEnded() {
    runAndClose(
        """
        import threading, time
        begun = threading.Event()
        def work():
            begun.set()
            while True: time.sleep(0.01)
        threading.Thread(target=work, daemon=True).start()
        begun.wait()
        print('begun')
        """);
    assertThat(lines).containsExactly("begun");
  }

  @Test
  void daemonThread_thatAnExitFunctionTells_endsByItself() {
    runAndClose(
        """
        import atexit, threading
        told = threading.Event()
        def work():
            told.wait()
            print('told')
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        atexit.register(thread.join)
        atexit.register(told.set)
        """);
    assertThat(lines).containsExactly("told");
  }

  @Test
  void daemonThread_waitingInNativeCode_isReportedUntilItEnds() throws Exception {
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Interpreter python = open();
    python.set("fifo", fifo.toString());
    python.exec(
        """
        import threading
        threading.Thread(target=open, args=(fifo,), name='stuck', daemon=True).start()
        """);
    assertThatThrownBy(() -> python.close(Duration.ofSeconds(2)))
        .isInstanceOf(CloseTimeoutException.class)
        .hasMessageContaining("Python threads still run");
    try (RandomAccessFile writer = new RandomAccessFile(fifo.toFile(), "rw")) {
      writer.write(1);
      python.close(LONG);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"'t' * 10**6", "property(lambda self: 1 / 0)", "5"})
  void stuckThread_whateverItsNamesAre_isReportedInShort(String name) throws Exception {
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Interpreter python = open();
    python.set("fifo", fifo.toString());
    python.exec(
        """
        import threading
        long = 'f' * 10**6
        exec(compile(f'def {long}(): open(fifo)', 'n' * 10**6, 'exec'))
        thread = threading.Thread(target=globals()[long], daemon=True)
        thread.__class__ = type('Named', (threading.Thread,), {'name': %s})
        thread.start()
        """
            .formatted(name));
    assertThatThrownBy(() -> python.close(Duration.ofSeconds(2)))
        .isInstanceOf(CloseTimeoutException.class)
        .satisfies(late -> assertThat(late.getMessage().length()).isLessThan(5_000))
        .hasMessageContaining("nnn... (")
        .hasMessageContaining("fff... (");
    try (RandomAccessFile writer = new RandomAccessFile(fifo.toFile(), "rw")) {
      writer.write(1);
      python.close(LONG);
    }
  }

  @Test
  void multiprocessingQueue_works() {
    runAndClose(
        """
        import multiprocessing
        queue = multiprocessing.Queue()
        for i in range(100): queue.put(i)
        print(sum(queue.get() for _ in range(100)))
        left = multiprocessing.Queue()
        left.put('never taken')
        """);
    assertThat(lines).containsExactly("4950");
  }

  @Test
  void processPoolExecutor_works() {
    runAndClose(
        """
        import concurrent.futures, multiprocessing
        context = multiprocessing.get_context('spawn')
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
            print(sorted(pool.map(abs, [-1, -2, -3])))
        left_open = concurrent.futures.ProcessPoolExecutor(1, mp_context=context)
        print(left_open.submit(abs, -4).result())
        """);
    assertThat(lines).containsExactly("[1, 2, 3]", "4");
  }

  @Test
  void asyncio_runsProcessesAndThreads() {
    runAndClose(
        """
        import asyncio, sys
        async def main():
            process = await asyncio.create_subprocess_exec(
                sys.executable, '-c', 'print(6 * 7)', stdout=asyncio.subprocess.PIPE)
            out, _ = await process.communicate()
            print(out.decode().strip(), process.returncode, await asyncio.to_thread(abs, -5))
        asyncio.run(main())
        """);
    assertThat(lines).containsExactly("42 0 5");
  }

  @Test
  void queueListener_works() {
    runAndClose(
        """
        import logging, logging.handlers, queue, sys
        records = queue.Queue()
        listener = logging.handlers.QueueListener(records, logging.StreamHandler(sys.stdout))
        listener.start()
        logger = logging.getLogger('queued')
        logger.addHandler(logging.handlers.QueueHandler(records))
        logger.warning('heard')
        import atexit
        atexit.register(listener.stop)
        """);
    assertThat(lines).containsExactly("heard");
  }

  @Test
  void sslServer_inADaemonThread_works() throws Exception {
    Path certificate = folder.resolve("certificate.pem");
    Path key = folder.resolve("key.pem");
    Tools.require("openssl");
    Tools.Result made =
        Tools.run(
            folder.resolve("openssl.log"),
            Map.of(),
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString()));
    assertThat(made.status()).as(made.output()).isZero();
    runAndClose(
        """
        import socket, ssl, threading
        certificate, key = %s, %s
        listening = socket.create_server(('127.0.0.1', 0))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(certificate, key)
        def serve():
            connection, _ = listening.accept()
            with server.wrap_socket(connection, server_side=True) as tls:
                tls.sendall(tls.recv(100).upper())
        threading.Thread(target=serve, daemon=True).start()
        client = ssl.create_default_context(cafile=certificate)
        plain = socket.create_connection(listening.getsockname())
        with client.wrap_socket(plain, server_hostname='localhost') as tls:
            tls.sendall(b'hello')
            print(tls.recv(100))
        listening.close()
        """
            .formatted("'" + certificate + "'", "'" + key + "'"));
    assertThat(lines).containsExactly("b'HELLO'");
  }

  @Test
  void threadingServer_withDaemonThreads_works() {
    runAndClose(
        """
        import http.server, threading, urllib.request
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'served')
            def log_message(self, *args): pass
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(urllib.request.urlopen(f'http://127.0.0.1:{server.server_port}').read())
        """);
    assertThat(lines).containsExactly("b'served'");
  }
}

package dev.ophion.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.PythonEnvironment;
import dev.ophion.PythonOptions;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class DebuggingGuideTest {

  @Test
  void debugpy_inAnImage_listens() throws Exception {
    // example
    PythonOptions options =
        PythonOptions.builder()
            .environment(PythonEnvironment.requirements("debugpy==1.8.22"))
            .isolation(Isolation.IMAGE)
            .build();
    try (Python python = Python.start(options);
        Interpreter worker = python.newInterpreter("worker")) {
      worker.exec("import debugpy; address = debugpy.listen(('127.0.0.1', 0))");
      long port = worker.eval("address[1]", Long.class); // attach an IDE to this one
      // worker.exec("debugpy.wait_for_client()");
      // end of example
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), (int) port)) {
        InputStream in = client.getInputStream();
        String greeting = new String(in.readNBytes(14), StandardCharsets.US_ASCII);
        assertThat(greeting).isEqualTo("Content-Length");
      }
    }
  }
}

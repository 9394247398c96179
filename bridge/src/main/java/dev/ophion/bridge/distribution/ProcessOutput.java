package dev.ophion.bridge.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The end of what a process prints, read on a thread of its own. Through a pipe: a file could not
 * be written where the disk is full, which is what the output is to tell.
 *
 * <p>Thread-safe. Whoever starts the process closes it, after the process has ended or been killed.
 */
final class ProcessOutput implements AutoCloseable {

  private static final int LIMIT_BYTES = 4_000;
  private static final long PATIENCE_MILLIS = 1_000;

  private final InputStream stream;
  private final Thread reader;

  /** The last bytes, oldest first. Guarded by this. */
  private byte[] last = {};

  private ProcessOutput(InputStream stream) {
    this.stream = stream;
    reader = new Thread(this::read, "ophion-compile-output");
    reader.setDaemon(true);
  }

  static ProcessOutput of(Process process) {
    ProcessOutput output = new ProcessOutput(process.getInputStream());
    output.reader.start();
    return output;
  }

  private void read() {
    byte[] buffer = new byte[LIMIT_BYTES];
    try {
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        keep(buffer, count);
      }
    } catch (IOException e) {
      // The process was killed, or nobody asks any more: what was read is all there is.
    }
  }

  private synchronized void keep(byte[] buffer, int count) {
    byte[] joined = Arrays.copyOf(last, last.length + count);
    System.arraycopy(buffer, 0, joined, last.length, count);
    last = Arrays.copyOfRange(joined, Math.max(0, joined.length - LIMIT_BYTES), joined.length);
  }

  /** Returns the end of the output of a process that has ended. */
  String end() {
    try {
      // A child of the process may have the pipe still.
      reader.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      String text = new String(last, StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? "(none)" : text;
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}

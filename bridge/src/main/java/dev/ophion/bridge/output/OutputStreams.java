package dev.ophion.bridge.output;

import dev.ophion.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The redirected streams of one interpreter. Thread-safe. */
public final class OutputStreams {

  private static final int STDOUT = 1;

  private final @Nullable Sink stdout;
  private final @Nullable Sink stderr;

  /**
   * Makes both.
   *
   * @param stdout where {@code sys.stdout} goes
   * @param stderr where {@code sys.stderr} goes
   */
  public OutputStreams(Output stdout, Output stderr) {
    this.stdout = sink(stdout, false);
    this.stderr = sink(stderr, true);
  }

  private static @Nullable Sink sink(Output output, boolean isError) {
    if (output instanceof Output.Lines lines) {
      return new LineSink(lines.consumer());
    }
    if (output instanceof Output.Append append) {
      return new AppendSink(append.target());
    }
    if (output instanceof Output.Log log) {
      Logger logger = LoggerFactory.getLogger(log.loggerName());
      return new LineSink(isError ? logger::warn : logger::info);
    }
    return null;
  }

  /**
   * Returns whether {@code sys.stdout} does not go to the process's own descriptor.
   *
   * @return {@code true} if Java takes the text
   */
  public boolean redirectsStdout() {
    return stdout != null;
  }

  /**
   * Returns whether {@code sys.stderr} does not go to the process's own descriptor.
   *
   * @return {@code true} if Java takes the text
   */
  public boolean redirectsStderr() {
    return stderr != null;
  }

  /**
   * Hands text on.
   *
   * @param stream 1 for stdout, 2 for stderr
   * @param utf8 the text
   */
  public void write(int stream, byte[] utf8) {
    Sink sink = stream == STDOUT ? stdout : stderr;
    if (sink != null) {
      sink.write(new String(utf8, StandardCharsets.UTF_8));
    }
  }

  /** Hands on what waits for its line break. */
  public void finish() {
    if (stdout != null) {
      stdout.finish();
    }
    if (stderr != null) {
      stderr.finish();
    }
  }

  private interface Sink {
    void write(String text);

    default void finish() {}
  }

  private record AppendSink(Appendable target) implements Sink {
    @Override
    public void write(String text) {
      try {
        synchronized (target) {
          target.append(text);
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private static final class LineSink implements Sink {

    private final Consumer<String> consumer;

    /** Guarded by this. */
    private final StringBuilder pending = new StringBuilder();

    LineSink(Consumer<String> consumer) {
      this.consumer = consumer;
    }

    @Override
    public synchronized void write(String text) {
      pending.append(text);
      int end = pending.lastIndexOf("\n");
      if (end < 0) {
        return;
      }
      // Taken out first: a consumer may call Python, which may print, on this very thread.
      String lines = pending.substring(0, end);
      pending.delete(0, end + 1);
      deliver(lines.split("\n", -1));
    }

    private void deliver(String[] lines) {
      RuntimeException first = null;
      for (String line : lines) {
        try {
          consumer.accept(line);
        } catch (RuntimeException failure) {
          if (first == null) {
            first = failure;
          }
        }
      }
      if (first != null) {
        throw first;
      }
    }

    @Override
    public synchronized void finish() {
      if (!pending.isEmpty()) {
        String line = pending.toString();
        pending.setLength(0);
        consumer.accept(line);
      }
    }
  }
}

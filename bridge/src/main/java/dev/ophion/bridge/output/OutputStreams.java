package dev.ophion.bridge.output;

import dev.ophion.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
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
   * @param utf8 the text; empty if an unfinished line is complete
   */
  public void write(int stream, byte[] utf8) {
    Sink sink = stream == STDOUT ? stdout : stderr;
    if (sink == null) {
      return;
    }
    if (utf8.length == 0) {
      sink.finish();
    } else {
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

  /**
   * Cuts text into lines. One thread at a time delivers, outside the lock: a consumer may call
   * Python, which may wait for a thread that prints. What others print meanwhile is delivered by
   * the same thread.
   */
  private static final class LineSink implements Sink {

    private final Consumer<String> consumer;

    /** Guarded by this. */
    private final StringBuilder pending = new StringBuilder();

    /** Guarded by this. */
    private final ArrayDeque<String> ready = new ArrayDeque<>();

    /** Guarded by this. */
    private boolean delivering;

    LineSink(Consumer<String> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void write(String text) {
      synchronized (this) {
        pending.append(text);
        int end = pending.lastIndexOf("\n");
        if (end >= 0) {
          ready.addAll(Arrays.asList(pending.substring(0, end).split("\n", -1)));
          pending.delete(0, end + 1);
        }
      }
      deliver();
    }

    private void deliver() {
      RuntimeException first = null;
      for (String line = next(true); line != null; line = next(false)) {
        try {
          consumer.accept(line);
        } catch (RuntimeException failure) {
          first = first == null ? failure : first;
        } catch (Error failure) {
          stop();
          throw failure;
        }
      }
      if (first != null) {
        throw first;
      }
    }

    /** The next line, or null if there is none or another thread delivers. */
    private synchronized @Nullable String next(boolean begin) {
      if (begin && delivering) {
        return null;
      }
      String line = ready.poll();
      delivering = line != null;
      return line;
    }

    private synchronized void stop() {
      delivering = false;
    }

    @Override
    public void finish() {
      synchronized (this) {
        if (!pending.isEmpty()) {
          ready.add(pending.toString());
          pending.setLength(0);
        }
      }
      deliver();
    }
  }
}

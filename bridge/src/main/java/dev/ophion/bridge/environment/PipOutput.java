package dev.ophion.bridge.environment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What pip prints: logged line by line, and its end kept for an error's message.
 *
 * <p>Threading: one daemon thread reads; the other methods are thread-safe.
 */
final class PipOutput {

  private static final Logger LOG = LoggerFactory.getLogger("dev.ophion.pip");
  private static final int KEPT_LINES = 20;
  private static final int KEPT_CHARACTERS = 500;
  private static final long END_MILLIS = 5_000;
  private static final List<String> PROGRESS =
      List.of("Collecting ", "Downloading ", "Building ", "Installing ", "Successfully ");

  /** pip hides passwords; the names before them may be tokens. */
  private static final Pattern CREDENTIALS = Pattern.compile("(?<=://)[^/@\\s]+@");

  private final Thread reader;

  /** Guarded by itself. */
  private final Deque<String> last = new ArrayDeque<>();

  private PipOutput(InputStream in) {
    reader = new Thread(() -> read(in), "ophion-pip-output");
    reader.setDaemon(true);
  }

  static PipOutput follow(InputStream in) {
    PipOutput output = new PipOutput(in);
    output.reader.start();
    return output;
  }

  private void read(InputStream in) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          take(CREDENTIALS.matcher(line).replaceAll("****@"));
        }
      }
    } catch (IOException e) {
      LOG.debug("pip's output cannot be read any more", e);
    }
  }

  private void take(String line) {
    String text = line.strip();
    if (text.startsWith("WARNING:")) {
      LOG.warn("{}", text);
    } else if (PROGRESS.stream().anyMatch(text::startsWith)) {
      LOG.info("{}", text);
    } else {
      LOG.debug("{}", text);
    }
    synchronized (last) {
      last.add(line.length() <= KEPT_CHARACTERS ? line : line.substring(0, KEPT_CHARACTERS));
      if (last.size() > KEPT_LINES) {
        last.remove();
      }
    }
  }

  /** Waits until everything is read; a process that a build left behind may keep the pipe open. */
  void awaitEnd() {
    try {
      reader.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String lastLines() {
    synchronized (last) {
      return last.isEmpty() ? "(none)" : String.join("\n", last);
    }
  }
}

package dev.ophion.bridge.report;

import dev.ophion.Isolation;
import dev.ophion.StartException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One running {@link TrialJvm}.
 *
 * <p>Threading: confined to its thread, but for the one that reads what it prints. Closing kills
 * it.
 */
final class TrialProcess implements AutoCloseable {

  private static final Duration END = Duration.ofSeconds(10);
  private static final int KEPT_LINES = 200;
  private static final String ENDED = "";

  /** What came of a task. */
  enum Outcome {
    GOES_ON,
    USED_UP,
    ENDED,
    LATE
  }

  private final Process process;
  private final String word;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  /** What it printed last; guarded by itself. */
  private final Deque<String> lines = new ArrayDeque<>();

  private TrialProcess(Process process, String word) {
    this.process = process;
    this.word = word;
    Thread reader = new Thread(this::read, "ophion-report");
    reader.setDaemon(true);
    reader.start();
  }

  static TrialProcess start(Path javaHome, TrialFiles files, List<String> arguments)
      throws IOException {
    String word = UUID.randomUUID() + " ";
    List<String> options =
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + files.folder().resolve("hs_err.log"));
    List<String> command = new ArrayList<>(JvmCommand.of(javaHome, TrialJvm.class, options));
    command.addAll(List.of(word, files.folder().toString()));
    command.addAll(arguments);
    return new TrialProcess(
        new ProcessBuilder(command)
            .directory(files.folder().toFile())
            .redirectErrorStream(true)
            .start(),
        word);
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith(word)) {
          answers.add(line.substring(word.length()));
        } else {
          keep(line);
        }
      }
    } catch (IOException e) {
      keep(e.toString());
    } finally {
      answers.add(ENDED);
    }
  }

  private void keep(String line) {
    synchronized (lines) {
      lines.add(line);
      if (lines.size() > KEPT_LINES) {
        lines.remove();
      }
    }
  }

  List<String> output() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  void send(Isolation isolation) {
    try {
      process.getOutputStream().write((isolation.name() + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      // It has died since its last answer, which the next look at its answers tells.
      keep(e.toString());
    }
  }

  Outcome await(Duration deadline) {
    try {
      String answer = answers.poll(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return answer == null
          ? Outcome.LATE
          : switch (answer) {
            case TrialJvm.GOES_ON -> Outcome.GOES_ON;
            case TrialJvm.USED_UP -> Outcome.USED_UP;
            default -> Outcome.ENDED;
          };
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Returns the status of one that has ended. */
  int status() {
    try {
      // Its output may end a moment before it does, or some process of its own may hold that.
      if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
        close();
      }
      return process.waitFor();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private StartException interrupted(InterruptedException e) {
    close();
    Thread.currentThread().interrupt();
    return new StartException("Interrupted while packages were tried", e);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}

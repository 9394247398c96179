package dev.ophion.bridge.report;

import dev.ophion.Isolation;
import dev.ophion.bridge.report.TrialProcess.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tries imports in real interpreters of child JVMs with the classes of this one. A child serves one
 * task after another until one kills it, which is then tried again in a child of its own, or too
 * many of its images stay mapped.
 */
final class JvmProbe implements Trial {

  private static final Duration START = Duration.ofMinutes(1);

  private final Path javaHome;
  private final List<String> arguments;
  private final Duration deadline;
  private final TrialFiles files;

  private @Nullable TrialProcess child;
  private boolean isFresh;
  private boolean hasDied;

  private JvmProbe(Path javaHome, List<String> arguments, Duration deadline, TrialFiles files) {
    this.javaHome = javaHome;
    this.arguments = arguments;
    this.deadline = deadline;
    this.files = files;
  }

  /**
   * Starts the first child.
   *
   * @param javaHome where its Java is
   * @param arguments of {@link TrialJvm}, from the cache's folders on
   * @throws IOException if there can be none; the message says why
   */
  static JvmProbe start(Path javaHome, List<String> arguments, Duration deadline)
      throws IOException {
    JvmProbe probe = new JvmProbe(javaHome, arguments, deadline, TrialFiles.make());
    try {
      probe.child();
      return probe;
    } catch (IOException | RuntimeException e) {
      probe.close();
      throw e;
    }
  }

  @Override
  public ProbeResult run(Isolation isolation, ProbeTask wanted) throws IOException {
    TrialProcess first = child();
    boolean wasFresh = isFresh;
    ProbeResult result = attempt(first, isolation, wanted);
    // Perhaps of what an earlier one has left behind.
    return hasDied && !wasFresh ? attempt(child(), isolation, wanted) : result;
  }

  private ProbeResult attempt(TrialProcess process, Isolation isolation, ProbeTask wanted)
      throws IOException {
    files.begin(wanted);
    isFresh = false;
    process.send(isolation);
    Outcome outcome = process.await(deadline);
    hasDied = outcome == Outcome.ENDED || outcome == Outcome.LATE;
    if (outcome == Outcome.GOES_ON) {
      return files.read("");
    }
    String crash = outcome == Outcome.ENDED ? Ending.of(process.status(), process.output()) : "";
    drop();
    return files.read(outcome == Outcome.LATE ? Ending.late(deadline) : crash);
  }

  /** Returns the child that runs, or starts one and waits until it is ready. */
  private TrialProcess child() throws IOException {
    TrialProcess running = child;
    if (running != null) {
      return running;
    }
    TrialProcess started = TrialProcess.start(javaHome, files, arguments);
    child = started;
    isFresh = true;
    Outcome outcome = started.await(START);
    if (outcome == Outcome.GOES_ON) {
      return started;
    }
    String reason =
        outcome == Outcome.LATE
            ? "a JVM for them was not ready within " + START.toSeconds() + " s"
            : "a JVM for them ended: "
                + started.output().stream().reduce((a, b) -> b).orElse("no output");
    drop();
    throw new IOException(reason);
  }

  private void drop() {
    TrialProcess running = child;
    child = null;
    if (running != null) {
      running.close();
    }
  }

  @Override
  public String caveat() {
    return "";
  }

  @Override
  public void close() {
    drop();
    files.close();
  }
}

package dev.ophion.bridge.report;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says how a process ended while it imported something. Stateless. */
final class Ending {

  private static final int SIGNALLED = 128;
  private static final String FATAL = "Fatal Python error:";
  private static final Pattern SIGNAL = Pattern.compile("#\\s+(SIG[A-Z]+) .*");
  private static final Pattern FRAME = Pattern.compile("# [CVJjv]\\s+(.*)");

  private Ending() {}

  static String late(Duration deadline) {
    return "importing it took longer than " + deadline.toSeconds() + " s";
  }

  /**
   * Describes an end.
   *
   * @param output what the process printed last
   */
  static String of(int status, List<String> output) {
    Optional<String> crash = crash(output);
    if (crash.isPresent()) {
      return "importing it ends the process with " + crash.get();
    }
    String how = status > SIGNALLED ? "signal " + (status - SIGNALLED) : "status " + status;
    return "importing it ends the process with %s (%s)".formatted(how, reason(output));
  }

  private static String reason(List<String> output) {
    return output.stream()
        .filter(line -> line.startsWith(FATAL))
        .findFirst()
        .or(() -> output.stream().filter(line -> !line.isBlank()).reduce((a, b) -> b))
        .orElse("no output")
        .strip();
  }

  /** HotSpot prints what happened, and has a status of its own. */
  private static Optional<String> crash(List<String> output) {
    return first(SIGNAL, output)
        .map(signal -> signal + first(FRAME, output).map(frame -> " in " + frame).orElse(""));
  }

  private static Optional<String> first(Pattern pattern, List<String> output) {
    return output.stream()
        .map(pattern::matcher)
        .filter(Matcher::matches)
        .map(found -> found.group(1))
        .findFirst();
  }
}

package dev.ophion.samples.common;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Prints lines and bars.
 *
 * @param out where to
 */
public record Printer(PrintStream out) {

  private static final int BAR_CELLS = 40;
  private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

  /** On JDK 17 System.out has the platform's encoding, which may lack the bars. */
  public static Printer terminal() {
    return new Printer(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
  }

  /**
   * Prints a line.
   *
   * @param format as for {@link String#format}
   * @param arguments as for {@link String#format}
   */
  public void line(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }

  /**
   * Draws a bar.
   *
   * @param share its length as a share of the longest; negative is empty
   * @return block characters, to an eighth of a cell
   */
  public static String bar(double share) {
    long eighths = Math.max(0, Math.round(share * BAR_CELLS * 8));
    int rest = (int) (eighths % 8);
    String whole = "█".repeat((int) (eighths / 8));
    return rest == 0 ? whole : whole + EIGHTHS.charAt(rest);
  }

  /**
   * Names a number of interpreters.
   *
   * @param number how many
   * @return two digits and the word, of the same width for one and several
   */
  public static String interpreters(int number) {
    return "%2d interpreter%s".formatted(number, number == 1 ? " " : "s");
  }
}

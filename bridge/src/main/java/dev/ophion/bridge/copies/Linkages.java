package dev.ophion.bridge.copies;

import dev.ophion.bridge.relocation.Machine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What libraries depend on, kept in a file beside the copies, by inode and times as {@link
 * Contents} are: a start that reads libraries loads a dozen classes for that and looks at thousands
 * of symbols. One line a library; its fields end with a space, and the last one is a check, since a
 * power cut may leave lines incomplete.
 *
 * <p>Threading: thread-safe, across processes too: lines are only added, each by one write.
 */
final class Linkages {

  static final String FILE = "linkages";

  /** Raised by every change of what is kept, so that old lines are passed over. */
  private static final String FORMAT = "1";

  private static final String NONE = "-";

  /** Some 10,000 libraries; what is still in use is read and added again. */
  private static final long LARGEST_BYTES = 2 << 20;

  private static final int FIELDS_BEFORE_NEEDED = 6;

  private final RecordFile file;
  private final Map<String, String> lines = new ConcurrentHashMap<>();

  private Linkages(RecordFile file) {
    this.file = file;
  }

  /** Reads what is known. */
  static Linkages in(Path folder) {
    RecordFile file = new RecordFile(folder.resolve(FILE), LARGEST_BYTES);
    Linkages linkages = new Linkages(file);
    String text = new String(file.read(), StandardCharsets.US_ASCII);
    StringTokenizer all = new StringTokenizer(text, "\n");
    while (all.hasMoreTokens()) {
      String line = all.nextToken();
      int key = line.indexOf(' ');
      if (key > 0) {
        linkages.lines.put(line.substring(0, key), line);
      }
    }
    return linkages;
  }

  /** Returns what a library that was seen like this depends on; null if that is not known. */
  @Nullable Linkage find(FileIdentity identity) {
    String line = lines.get(Long.toHexString(identity.key()));
    return line == null ? null : parse(line);
  }

  private static @Nullable Linkage parse(String line) {
    int end = line.lastIndexOf(' ') + 1;
    if (!line.substring(end).equals(check(line.substring(0, end)))) {
      return null;
    }
    List<String> fields = new ArrayList<>();
    StringTokenizer words = new StringTokenizer(line, " ");
    while (words.hasMoreTokens()) {
      fields.add(words.nextToken());
    }
    Machine machine = fields.size() > FIELDS_BEFORE_NEEDED ? machine(fields.get(2)) : null;
    if (machine == null || !fields.get(1).equals(FORMAT)) {
      return null;
    }
    List<String> needed = List.copyOf(fields.subList(FIELDS_BEFORE_NEEDED, fields.size() - 1));
    return new Linkage(
        machine, text(fields.get(4)), needed, text(fields.get(5)), fields.get(3).equals("python"));
  }

  private static @Nullable Machine machine(String name) {
    for (Machine machine : Machine.values()) {
      if (machine.name().equals(name)) {
        return machine;
      }
    }
    return null;
  }

  private static @Nullable String text(String field) {
    return field.equals(NONE) ? null : field;
  }

  /** Keeps what was read of a library; nothing of one with names that a line cannot hold. */
  void add(FileIdentity identity, Linkage linkage) {
    String key = Long.toHexString(identity.key());
    StringBuilder line = new StringBuilder(key).append(' ').append(FORMAT).append(' ');
    line.append(linkage.machine().name()).append(' ');
    line.append(linkage.usesPython() ? "python" : "other").append(' ');
    boolean fits = append(line, linkage.soname()) && append(line, linkage.runPath());
    for (String needed : linkage.needed()) {
      fits = fits && append(line, needed);
    }
    if (fits) {
      line.append(check(line.toString()));
      lines.put(key, line.toString());
      // What a killed process has begun ends here.
      file.add(("\n" + line + "\n").getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static boolean append(StringBuilder line, @Nullable String text) {
    if (text == null) {
      line.append(NONE).append(' ');
      return true;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    line.append(text).append(' ');
    return !text.isEmpty() && !text.equals(NONE);
  }

  private static String check(String fields) {
    return Integer.toHexString(fields.hashCode());
  }
}

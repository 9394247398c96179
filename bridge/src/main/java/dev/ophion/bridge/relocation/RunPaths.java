package dev.ophion.bridge.relocation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Run paths for copies, which lie elsewhere than the files that their libraries are beside.
 *
 * <p>Without regular expressions, the first of which costs a JVM's start milliseconds.
 */
public final class RunPaths {

  private static final String SEPARATOR = ":";
  private static final String ORIGIN = "ORIGIN";

  private RunPaths() {}

  /**
   * Gives the run path of a copy: first the folder of the copies, then every entry of the
   * original's run path with {@code $ORIGIN} resolved. Entries that are relative to the current
   * folder are left out: whoever chooses that folder would choose the library. {@code $LIB} and
   * {@code $PLATFORM} stay, the loader knows them.
   *
   * @param original the original's run path, null if it has none
   * @param originalFolder the absolute folder of the original, as it was opened; links in it are
   *     kept, as the loader does
   * @param copies the absolute folder of the copies
   * @throws IllegalArgumentException if a folder is relative or cannot be written in a run path
   */
  public static String absolute(@Nullable String original, Path originalFolder, Path copies) {
    Set<String> entries = new LinkedHashSet<>();
    entries.add(requireUsable(copies));
    if (original != null) {
      for (String entry : original.split(SEPARATOR, -1)) {
        if (names(entry, ORIGIN)) {
          entry = replaceOrigin(entry, requireUsable(originalFolder));
        }
        if (entry.startsWith("/")) {
          entries.add(entry);
        }
      }
    }
    return String.join(SEPARATOR, entries);
  }

  /**
   * Gets the folders that a run path names, as the loader reads it for a file in {@code folder}.
   * Entries that are relative to the current folder, and those with {@code $LIB} or {@code
   * $PLATFORM}, are left out.
   *
   * @param runPath as it is written; null if there is none
   */
  public static List<Path> folders(@Nullable String runPath, Path folder) {
    List<Path> folders = new ArrayList<>();
    if (runPath != null) {
      for (String entry : runPath.split(SEPARATOR, -1)) {
        Path path = resolve(entry, folder);
        if (path != null) {
          folders.add(path);
        }
      }
    }
    return folders;
  }

  /**
   * Resolves a path that a library names, such as an entry of a run path or a dependency with a
   * slash in it.
   *
   * @param folder the absolute folder of the library, which {@code $ORIGIN} stands for
   * @return null if it is relative or depends on more than that folder
   */
  public static @Nullable Path resolve(String written, Path folder) {
    int rest = tokenEnd(written, 0, ORIGIN);
    while (rest > 0 && written.startsWith("/", rest)) {
      rest++;
    }
    // Not by text: a folder's name need not be text.
    Path path = rest > 0 ? folder.resolve(written.substring(rest)) : Path.of(written);
    return path.isAbsolute() && !hasToken(path.toString()) ? path : null;
  }

  private static boolean hasToken(String text) {
    return names(text, ORIGIN) || names(text, "LIB") || names(text, "PLATFORM");
  }

  private static boolean names(String text, String token) {
    for (int at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at + 1)) {
      if (tokenEnd(text, at, token) > 0) {
        return true;
      }
    }
    return false;
  }

  private static String replaceOrigin(String text, String folder) {
    StringBuilder replaced = new StringBuilder();
    int done = 0;
    for (int at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at + 1)) {
      int end = tokenEnd(text, at, ORIGIN);
      if (end > 0) {
        replaced.append(text, done, at).append(folder);
        done = end;
      }
    }
    return replaced.append(text, done, text.length()).toString();
  }

  /** Returns where <code>$TOKEN</code> or <code>${TOKEN}</code> ends; -1 if it is not there. */
  private static int tokenEnd(String text, int at, String token) {
    if (!text.startsWith("$", at)) {
      return -1;
    }
    if (text.startsWith("{", at + 1)) {
      int end = at + 2 + token.length();
      return text.startsWith(token, at + 2) && text.startsWith("}", end) ? end + 1 : -1;
    }
    int end = at + 1 + token.length();
    boolean found =
        text.startsWith(token, at + 1) && (end == text.length() || !isWord(text.charAt(end)));
    return found ? end : -1;
  }

  private static boolean isWord(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  }

  /** Tells whether a folder can be named in a run path. */
  public static boolean canName(Path folder) {
    String text = folder.toString();
    return folder.isAbsolute()
        && !text.contains(SEPARATOR)
        && !hasToken(text)
        // A name that is not text in the encoding of paths would be written as another one.
        && Path.of(text).equals(folder)
        && text.indexOf('\uFFFD') < 0;
  }

  /** Refuses a run path with an entry that depends on where the file or the process is. */
  static void requireAbsolute(String runPath) {
    for (String entry : runPath.split(SEPARATOR, -1)) {
      if (!entry.startsWith("/") || names(entry, ORIGIN)) {
        throw new IllegalArgumentException(
            "The run path \""
                + runPath
                + "\" has the entry \""
                + entry
                + "\", which is not absolute");
      }
    }
  }

  private static String requireUsable(Path folder) {
    String text = folder.toString();
    if (!folder.isAbsolute()) {
      throw new IllegalArgumentException("The folder " + text + " is not absolute");
    }
    if (!canName(folder)) {
      throw new IllegalArgumentException(
          "The folder "
              + text
              + " cannot be part of a run path: the loader takes \""
              + SEPARATOR
              + "\" for a separator and $ORIGIN, $LIB and $PLATFORM for something else");
    }
    return text;
  }
}

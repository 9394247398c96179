package dev.ophion;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where an installed package loads. Made by {@link Python#packageReport}.
 *
 * <p><b>Threading:</b> immutable.
 *
 * @param name the name that was asked for, such as {@code scikit-learn}
 * @param version the installed version; empty if it is not installed
 * @param verdicts one for each isolation
 */
public record PackageReport(
    String name, Optional<String> version, Map<Isolation, Verdict> verdicts) {

  /** Copies the map. */
  public PackageReport {
    Objects.requireNonNull(name, "name");
    verdicts = Map.copyOf(new EnumMap<>(verdicts));
  }

  /**
   * Returns what was found for one isolation.
   *
   * @param isolation which one
   * @return its verdict
   */
  public Verdict in(Isolation isolation) {
    return Objects.requireNonNull(verdicts.get(isolation), isolation::name);
  }

  /** Whether a package loads. */
  public enum Loading {
    /** It can be imported with all of its compiled modules, if it has any. */
    YES,
    /**
     * It can be imported, and some compiled modules of it, or of what it needs, are refused: it
     * runs on pure Python code instead, or lacks what those offer.
     */
    FALLBACK,
    /** It cannot be imported. */
    NO
  }

  /**
   * What was found for one isolation.
   *
   * @param loading whether it loads
   * @param reason why, in one sentence without a full stop
   * @param copiedFiles the package's files that each interpreter of this isolation gets a copy of
   *     its own of, once it imports them; none for {@link Isolation#SUBINTERPRETER}
   */
  public record Verdict(Loading loading, String reason, List<Path> copiedFiles) {

    /** Copies the list. */
    public Verdict {
      Objects.requireNonNull(loading, "loading");
      Objects.requireNonNull(reason, "reason");
      copiedFiles = List.copyOf(copiedFiles);
    }
  }
}

package dev.ophion.bridge.relocation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a copy has to be called and to depend on.
 *
 * <p>Threading: immutable.
 */
public final class Relocation {

  private final String soname;
  private final @Nullable String firstNeeded;
  private final Map<String, String> renamed;
  private final @Nullable String runPath;

  private Relocation(Builder builder) {
    soname = builder.soname;
    firstNeeded = builder.firstNeeded;
    renamed = Map.copyOf(builder.renamed);
    runPath = builder.runPath;
  }

  /**
   * Begins a description.
   *
   * @param soname the name of the copy; the loader takes two files of one name for one library, so
   *     it has to be unique in the process
   * @throws IllegalArgumentException if the name is empty or has a NUL in it
   */
  public static Builder named(String soname) {
    return new Builder(requireName(soname));
  }

  String soname() {
    return soname;
  }

  @Nullable String firstNeeded() {
    return firstNeeded;
  }

  @Nullable String runPath() {
    return runPath;
  }

  String renamed(String library) {
    String name = renamed.get(library);
    return name == null ? library : name;
  }

  private static String requireName(String name) {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("A library's name is empty or has a NUL in it: " + name);
    }
    return name;
  }

  /** Collects a description; each part may be set once. Not thread-safe. */
  public static final class Builder {

    private final String soname;
    private @Nullable String firstNeeded;
    private final Map<String, String> renamed = new LinkedHashMap<>();
    private @Nullable String runPath;

    private Builder(String soname) {
      this.soname = soname;
    }

    /**
     * Makes the copy depend on a library before all others, so that its symbols are found there
     * first. If it depends on it already, that entry moves to the front.
     *
     * @throws IllegalArgumentException if the name is empty or has a NUL in it
     * @throws IllegalStateException if called twice
     */
    public Builder dependFirstOn(String library) {
      requireUnset(firstNeeded, "first dependency");
      firstNeeded = requireName(library);
      return this;
    }

    /**
     * Replaces the name of a library that the file depends on, and in the table of needed versions.
     * Names that the file does not depend on do no harm.
     *
     * @throws IllegalArgumentException if a name is empty or has a NUL in it
     * @throws IllegalStateException if the library has a new name already
     */
    public Builder rename(String library, String copy) {
      if (renamed.putIfAbsent(requireName(library), requireName(copy)) != null) {
        throw new IllegalStateException("The library " + library + " is already renamed");
      }
      return this;
    }

    /**
     * Sets where the copy's dependencies are looked for, see {@link RunPaths#absolute}. Without it
     * the copy has no run path.
     *
     * @throws IllegalArgumentException if an entry is not absolute
     * @throws IllegalStateException if called twice
     */
    public Builder runPath(String absolute) {
      requireUnset(runPath, "run path");
      RunPaths.requireAbsolute(requireName(absolute));
      runPath = absolute;
      return this;
    }

    /** Returns the description. */
    public Relocation build() {
      return new Relocation(this);
    }

    private static void requireUnset(@Nullable Object value, String what) {
      if (value != null) {
        throw new IllegalStateException("The " + what + " is already set to " + value);
      }
    }
  }
}
